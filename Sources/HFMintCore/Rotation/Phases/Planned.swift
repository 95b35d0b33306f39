extension RotationMachine {
    /// idle → planned: looks at the world, and changes nothing but the journal.
    ///
    /// Already true and durable then: the definition's digest, the ids that are alive at the issuer, the predecessor,
    /// and that every sink accepted its credential and has its target. A crash here starts again; what only a person can
    /// mend is recorded, so that it is listed and told as at every other step.
    package func begin(_ cause: RotationState.Cause, slot: Timestamp? = nil) throws(FileFailure) -> Progress {
        do throws(StepError) {
            let survey = try survey()
            let predecessor = predecessor(in: survey)
            try checkOwnership(survey)
            try checkRoom(survey)
            for sink in definition.sinks { try asking { () throws(StepFailure) in try sink.preflight() } }
            try record { state in
                let (adopted, last, run, enabledAt) = (state.adopted, state.last, state.run, state.enabledAt)
                let undelivered = state.events.filter { event in event.deliveries.contains { $0.status == .pending } }
                state = RotationState()
                (state.adopted, state.last, state.run, state.events) = (adopted, last, run + 1, undelivered)
                state.enabledAt = enabledAt
                state.phase = .planned
                state.cause = cause
                state.slot = slot
                state.startedAt = context.clock.now()
                state.definition = definition.digest
                state.knownIDs = survey.secrets.map(\.id)
                state.predecessor = predecessor?.id
                state.predecessorSHA256 = predecessor?.sha256
                state.sinks = definition.sinks.map { .init(target: $0.target, evidence: nil) }
                // In the same record: a crash after it would leave the start untold.
                state.events.append(event(.rotationStarted, in: state))
            }
            return .go
        } catch {
            switch error {
            case .journal(let failure): throw failure
            case .attention(let reason): return try stop(reason)
            case .step(let failure):
                if failure.kind == .refused { return try stop(failure.message) }
                return .later(context.clock.now() + 60, because: failure.message)
            }
        }
    }

    func survey() throws(StepError) -> IssuerSurvey {
        guard definition.issuer.shape != .person else { return IssuerSurvey([], date: nil) }
        return try asking { () throws(StepFailure) in try definition.issuer.survey() }
    }

    /// What the last finished run created; else what a person adopted; else the only one there is.
    private func predecessor(in survey: IssuerSurvey) -> LiveSecret? {
        let alive = survey.secrets.filter(\.isActive)
        for id in [state.last?.id, state.adopted] {
            if let id, let secret = alive.first(where: { $0.id == id }) { return secret }
        }
        return alive.count == 1 ? alive.first : nil
    }

    /// A live marker of another rotation stops this one: two that manage one client would retire each other's secrets.
    private func checkOwnership(_ survey: IssuerSurvey) throws(StepError) {
        for secret in survey.secrets where secret.isActive {
            guard let owner = secret.marker?.utf8.split(separator: ASCII.colon), owner.count >= 2,
                owner[0].elementsEqual("hfmint".utf8), !owner[1].elementsEqual(definition.name.utf8)
            else { continue }
            throw .attention(
                "\(definition.issuer.target) holds a live secret of the rotation '\(String(Substring(owner[1])))'")
        }
    }

    private func checkRoom(_ survey: IssuerSurvey) throws(StepError) {
        guard case .separate(let limit?) = definition.issuer.shape, survey.secrets.count >= limit else { return }
        throw .attention(
            "\(definition.issuer.target) already holds \(survey.secrets.count) secrets, and takes \(limit) at the most")
    }
}
