extension Rotations {
    /// What would stop each rotation before anything is made, by its name; to look changes nothing.
    package func unready() -> [String: [String]] { Self.unready(definitions, self, in: context) }

    /// - Parameter rotations: where they are remembered, if that is there already.
    package static func unready(
        _ definitions: [RotationDefinition], _ rotations: Rotations?, in context: Context
    ) -> [String: [String]] {
        sideBySide(definitions, in: context) { definition in
            let needs = definition.unmetNeeds(in: context)
            var complaints = needs.map { "'\($0.path)': \($0.complaint)" }
            let state = (try? rotations?.state(of: definition.name)) ?? RotationState()
            if let complaint = rotations?.directory.complaint(about: definition.name) { complaints.append(complaint) }
            let refusals = definition.refusals(state)
            // Whoever needs what is missing says the same of it.
            return complaints
                + refusals.filter { said in
                    !needs.contains { said.utf8.reversed().starts(with: $0.complaint.utf8.reversed()) }
                }
        }
    }

    /// As large as all records of a rotation are together.
    static let mostRecorded = 256 << 10
}

extension RotationDefinition {
    /// What the issuer and the sinks say no to.
    fileprivate func refusals(_ state: RotationState) -> [String] {
        var refusals: [String] = []
        func ask(_ body: () throws(StepFailure) -> Attention?) {
            do throws(StepFailure) {
                if let attention = try body() { refusals.append(attention.message) }
            } catch {
                if error.kind == .refused { refusals.append(error.message) }
            }
        }
        // A run under way has passed that, and has made a secret itself.
        if issuer.shape != .person, !state.isRunning {
            ask { () throws(StepFailure) in objection(to: try issuer.survey(), adopted: state.adopted) }
        }
        for sink in sinks {
            ask { () throws(StepFailure) in
                try sink.preflight()
                return nil
            }
        }
        return refusals
    }

    /// Why no secret may be made beside those that the issuer has.
    func objection(to survey: IssuerSurvey, adopted: String?) -> Attention? {
        // Two rotations that manage one client would retire each other's secrets.
        for secret in survey.secrets where secret.isActive && secret.id != adopted && secret.belongsToAnother(name) {
            guard let owner = secret.owner else { continue }
            return Attention(.otherRotation, "\(issuer.target) holds a live secret of the rotation '\(owner)'")
        }
        guard case .separate(let limit?) = issuer.shape, survey.secrets.count >= limit else { return nil }
        return Attention(
            .noRoom,
            "\(issuer.target) already holds \(survey.secrets.count) secrets, and takes \(limit) at the most")
    }
}

extension PrivateDirectory {
    /// Why a rotation could not be remembered here.
    fileprivate func complaint(about rotation: String) -> String? {
        do throws(FileFailure) {
            try checkRoom(for: RotationJournal.fileName(rotation), byteCount: Rotations.mostRecorded)
            return nil
        } catch {
            return "the journal '\(error.path)': \(error.reason)"
        }
    }
}
