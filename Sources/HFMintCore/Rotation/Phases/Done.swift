extension RotationMachine {
    /// retired (delivered, where the old secret died at once) → done.
    ///
    /// `secret.revoked` is on its way to everyone; the journal shrinks to one line.
    func finish() throws(StepFailure) -> Progress {
        var state = state
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        if state.predecessor != nil { state.events.append(event(.secretRevoked, secretID: state.predecessor)) }
        let now = context.clock.now()
        // A slot that has not come was a wrong clock's.
        let slot = state.slot.flatMap { $0 > now ? nil : $0 }
        state.last = .init(id: created.id, at: now, slot: slot, expiresAt: created.expiresAt)
        state.phase = .done
        state.forgetFailures()
        (state.adopted, state.mayOverwrite) = (nil, [])
        try compactState(state)
        value = nil
        return .finished
    }
}
