extension RotationMachine {
    /// Moves from retired to done (from delivered, if the issuer kills the old secret at once).
    ///
    /// Queues `secret.revoked` for every endpoint, and shrinks the journal to one line.
    func finish() throws(StepFailure) -> Next {
        var state = state
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        if state.predecessor != nil { state.events.append(event(.secretRevoked, secretID: state.predecessor)) }
        let now = context.clock.now()
        // A slot in the future was recorded by a wrong clock.
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
