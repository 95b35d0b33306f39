extension Rotations {
    /// Returns what would stop each rotation before it makes a secret, by the rotation's name.
    ///
    /// - Parameter rotations: the rotations with their journals, if their directory exists already.
    package static func unready(
        _ definitions: [RotationDefinition], _ rotations: Rotations?, in context: Context
    ) -> [String: [String]] {
        sideBySide(definitions, in: context) { definition in
            let needs = definition.unmetNeeds(in: context)
            var complaints = needs.map { "'\($0.path)': \($0.complaint)" }
            let state = (try? rotations?.state(of: definition.name)) ?? RotationState()
            if let complaint = rotations?.directory.complaint(about: definition.name) { complaints.append(complaint) }
            let refusals = definition.refusals(state)
            // An issuer or a sink that needs a missing thing complains of it too.
            return complaints
                + refusals.filter { said in
                    !needs.contains { said.utf8.reversed().starts(with: $0.complaint.utf8.reversed()) }
                }
        }
    }

    /// The room that all records of one rotation take, in bytes.
    static let mostRecorded = 256 << 10
}

extension RotationDefinition {
    /// Returns why the issuer and the sinks would refuse a run.
    fileprivate func refusals(_ state: RotationState) -> [String] {
        // A run under way has passed the issuer's check, and has made a secret itself.
        let ofIssuer = Self.refusal { () throws(StepFailure) in
            state.isRunning ? nil : objection(to: try issuer.survey(), adopted: state.timetable.adopted)?.message
        }
        let ofSinks = sinks.map { sink in
            Self.refusal { () throws(StepFailure) in
                try sink.preflight()
                return nil
            }
        }
        return ([ofIssuer] + ofSinks).compactMap(\.self)
    }

    /// Returns the complaint of `check`, or the message with which it refuses, or nil.
    private static func refusal(_ check: () throws(StepFailure) -> String?) -> String? {
        do throws(StepFailure) {
            return try check()
        } catch {
            return error.kind == .refused ? error.message : nil
        }
    }

    /// Returns why no secret may be made beside those that the issuer holds, or nil if one may be made.
    func objection(to survey: IssuerSurvey, adopted: String?) -> Attention? {
        // Two rotations of one client would retire each other's secrets.
        for secret in survey.active where secret.id != adopted && secret.belongsToAnother(name) {
            guard let owner = secret.owner else { continue }
            return Attention(.otherRotation, "\(issuer.target) holds a live secret of the rotation '\(owner)'")
        }
        guard case .separate(let limit?) = issuer.succession, survey.secrets.count >= limit else { return nil }
        return Attention(
            .noRoom,
            "\(issuer.target) already holds \(survey.secrets.count) secrets, and takes \(limit) at the most")
    }
}

extension PrivateDirectory {
    /// Returns why a rotation's journal cannot be written here, or nil if it can.
    fileprivate func complaint(about rotation: String) -> String? {
        do throws(FileFailure) {
            try checkRoom(for: RotationJournal.fileName(rotation), byteCount: Rotations.mostRecorded)
            return nil
        } catch {
            return "the journal '\(error.path)': \(error.reason)"
        }
    }
}
