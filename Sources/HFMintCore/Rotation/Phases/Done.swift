extension RotationMachine {
    /// Moves from retired to done (from delivered, if the issuer kills the old secret at once).
    ///
    /// Queues `secret.revoked` for every endpoint, and shrinks the journal to one line.
    func finish() throws(StepFailure) -> Next {
        let successor = try successor()
        var state = state
        if let old = state.predecessor.id { outbox.add(.secretRevoked, secretID: old, to: &state) }
        let now = context.clock.now()
        // A slot in the future was recorded by a wrong clock.
        let slot = state.run.slot.flatMap { $0 > now ? nil : $0 }
        state.timetable.last = .init(id: successor.id, at: now, slot: slot, expiresAt: successor.expiresAt)
        state.phase = .done
        state.retry = .init()
        (state.timetable.adopted, state.delivery.mayOverwrite) = (nil, [])
        try recorder.compact(state)
        value = nil
        return .over(.finished)
    }

    /// Returns the new secret, which an earlier step has recorded.
    func successor() throws(StepFailure) -> RotationState.Successor {
        guard let successor = state.successor else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        return successor
    }
}
