extension RotationMachine {
    /// idle → planned: looks at the world, and changes nothing but the journal.
    ///
    /// Already true and durable then: the definition's digest, the ids that are alive at the issuer, the predecessor,
    /// and that every sink accepted its credential and has its target. A crash here starts again.
    package func begin(_ cause: RotationState.Cause, slot: Timestamp? = nil) throws(FileFailure) -> Progress {
        do throws(StepFailure) {
            let survey = try survey()
            let predecessor = predecessor(in: survey)
            if let objection = definition.objection(to: survey, adopted: state.adopted) {
                throw StepFailure.needsPerson(objection)
            }
            try checkCallbacks()
            for sink in definition.sinks { try sink.preflight() }
            try checkNeeds()
            try checkTargets(cause)
            try record { state in
                state = state.remembered(endpoints: definition.callbacks.map(\.url.description))
                state.run += 1
                state.lost = state.lost.filter { id in survey.secrets.contains { $0.id == id } }
                state.phase = .planned
                state.cause = cause
                state.slot = slot
                state.startedAt = context.clock.now()
                state.definition = definition.digest
                state.knownIDs = survey.secrets.map(\.id)
                state.predecessor = predecessor?.id
                state.predecessorSHA256 = predecessor?.sha256
                state.sinks = definition.sinks.map { .init(target: $0.target, evidence: nil) }
                state.setGrace(cause == .leaked ? grace : nil, at: context.clock.now())
                // In the same record: a crash after it would leave the start untold.
                state.events.append(event(.rotationStarted, in: state))
            }
            return .go
        } catch {
            if case .unwritten(let failure) = error.kind, !failure.isUnrecorded { throw failure }
            // It begins again by itself when its time comes, or when a person says so.
            var state = state
            state.wanted = .init(cause: cause, slot: slot)
            try saveState(state)
            return try failed(error)
        }
    }

    func survey() throws(StepFailure) -> IssuerSurvey {
        guard definition.issuer.shape != .person else { return IssuerSurvey([], date: nil) }
        return try definition.issuer.survey()
    }

    /// What a person adopted; else what the last finished run created; else the only one there is.
    private func predecessor(in survey: IssuerSurvey) -> LiveSecret? {
        let alive = survey.secrets.filter(\.isActive)
        for id in [state.adopted, state.last?.id] {
            if let id, let secret = alive.first(where: { $0.id == id }) { return secret }
        }
        return alive.count == 1 ? alive.first : nil
    }

    /// An endpoint whose key is missing would never hear of anything.
    private func checkCallbacks() throws(StepFailure) {
        for endpoint in definition.callbacks {
            do throws(StepFailure) {
                _ = try endpoint.format.request(
                    for: event(.rotationStarted), of: definition.name, to: endpoint.url, at: context.clock.now())
            } catch {
                let message = "\(endpoint.url.origin.host): \(error.message)"
                guard error.kind == .refused else { throw StepFailure(error.kind, message) }
                throw .needsPerson(.callbackUnsigned, message)
            }
        }
    }
}

extension RotationState {
    /// What outlives a run: the next one begins with it.
    func remembered(endpoints: [String]) -> RotationState {
        var next = RotationState()
        (next.adopted, next.last, next.run, next.enabledAt) = (adopted, last, run, enabledAt)
        next.mayOverwrite = mayOverwrite
        (next.closedEndpoints, next.lost) = (closedEndpoints.filter(endpoints.contains), lost)
        next.events = events.filter { event in
            event.deliveries.contains { $0.status == .pending && endpoints.contains($0.url) }
        }
        return next
    }
}
