// The phases of a run, one file each, named after the phase that it reaches.
//
// Most issuers keep old and new secret alive side by side: planned, created, verified, delivered, announced, retired,
// done. An issuer that kills the old secret at once takes another order: planned, announced, created, verified,
// delivered, done. A person can give up a run in any phase (Abandoned.swift).
//
// A phase is recorded only when its promise holds. Each file acts through `RotationRecorder.act`, which records the
// intent before and the result after the effect. No phase deletes a secret that a sink may hold, unless every sink
// has a newer one.

extension RotationMachine {
    /// Moves from idle to planned.
    ///
    /// Looks at the issuer and the sinks, and changes only the journal.
    ///
    /// In phase planned, the journal holds the definition's digest, the ids of the live secrets, and the predecessor;
    /// every sink has accepted its credential and has its target. After a crash the run begins again.
    func begin(_ cause: RotationState.Cause, slot: Timestamp? = nil) throws(FileFailure) -> Next {
        do throws(StepFailure) {
            let survey = try survey()
            let predecessor = predecessor(in: survey)
            if let objection = definition.objection(to: survey, adopted: state.timetable.adopted) {
                throw StepFailure.needsPerson(objection)
            }
            try outbox.checkSignatures()
            for sink in definition.sinks { try sink.preflight() }
            if let unmet = definition.unmetNeeds(in: context).first {
                throw StepFailure.needsPerson(.refused, "'\(unmet.path)': \(unmet.complaint)")
            }
            try checkTargets(cause)
            try recorder.record { state in
                state = state.remembered(endpoints: definition.callbacks.map(\.url.description))
                state.run = .init(
                    number: state.run.number + 1, cause: cause, startedAt: context.clock.now(), slot: slot,
                    definition: definition.digest)
                state.ids.lost = state.ids.lost.filter { survey.secret($0) != nil }
                state.phase = .planned
                state.ids.known = survey.secrets.map(\.id)
                state.predecessor = .init(id: predecessor?.id, sha256: predecessor?.sha256)
                state.delivery.sinks = definition.sinks.map { .init(target: $0.target) }
                state.deadlines.setGrace(cause == .leaked ? grace : nil, at: context.clock.now())
                // The event is in the same record, so that a crash cannot lose it.
                outbox.add(.rotationStarted, to: &state)
            }
            return .go
        } catch {
            if case .unwritten(let failure) = error.kind, !failure.isUnrecorded { throw failure }
            // A later run begins again when the next try is due, or when a person orders it.
            var state = state
            state.timetable.wanted = .init(cause: cause, slot: slot)
            try recorder.journal.record(state)
            return try failed(error)
        }
    }

    /// Returns the secret that a person adopted, else the one that the last run created, else the only live one.
    private func predecessor(in survey: IssuerSurvey) -> ListedSecret? {
        let active = survey.active
        if let id = state.timetable.inUse(among: active.map(\.id)) { return survey.secret(id) }
        return active.count == 1 ? active.first : nil
    }
}

extension RotationState {
    /// Returns the state with which the next run begins: only what outlives a run.
    ///
    /// - Parameter endpoints: the URLs of the endpoints in the manifest.
    func remembered(endpoints: [String]) -> RotationState {
        var next = afterRun()
        next.delivery.mayOverwrite = delivery.mayOverwrite
        next.told.closedEndpoints = told.closedEndpoints.filter(endpoints.contains)
        next.told.events = told.events.filter { event in
            event.deliveries.contains { $0.status == .pending && endpoints.contains($0.url) }
        }
        return next
    }
}
