// The phases of a run, one file each, named after the phase that it reaches.
//
// Most issuers keep old and new secret alive side by side: planned, created, verified, delivered, announced, retired,
// done. An issuer that kills the old secret at once takes another order: planned, announced, created, verified,
// delivered, done. A person can give up a run in any phase (Abandoned.swift).
//
// A phase is recorded only when its promise holds. Each file acts through `RotationMachine.act`, which records the
// intent before and the result after the effect. No phase deletes a secret that a sink may hold, unless every sink
// has a newer one.

extension RotationMachine {
    /// Moves from idle to planned.
    ///
    /// Looks at the issuer and the sinks, and changes only the journal.
    ///
    /// In phase planned, the journal holds the definition's digest, the ids of the live secrets, and the predecessor;
    /// every sink has accepted its credential and has its target. After a crash the run begins again.
    package func begin(_ cause: RotationState.Cause, slot: Timestamp? = nil) throws(FileFailure) -> Next {
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
                // The event is in the same record, so that a crash cannot lose it.
                state.events.append(event(.rotationStarted, in: state))
            }
            return .go
        } catch {
            if case .unwritten(let failure) = error.kind, !failure.isUnrecorded { throw failure }
            // A later run begins again when the next try is due, or when a person orders it.
            var state = state
            state.wanted = .init(cause: cause, slot: slot)
            try saveState(state)
            return try failed(error)
        }
    }

    /// Asks the issuer for its secrets; an issuer without an API lists none.
    func survey() throws(StepFailure) -> IssuerSurvey {
        guard definition.issuer.shape != .person else { return IssuerSurvey([], date: nil) }
        return try definition.issuer.survey()
    }

    /// Returns the secret that a person adopted, else the one that the last run created, else the only live one.
    private func predecessor(in survey: IssuerSurvey) -> LiveSecret? {
        let alive = survey.secrets.filter(\.isActive)
        for id in [state.adopted, state.last?.id] {
            if let id, let secret = alive.first(where: { $0.id == id }) { return secret }
        }
        return alive.count == 1 ? alive.first : nil
    }

    /// Checks that an event can be signed for every endpoint.
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
    /// Returns the state with which the next run begins: only what outlives a run.
    ///
    /// - Parameter endpoints: the URLs of the endpoints in the manifest.
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
