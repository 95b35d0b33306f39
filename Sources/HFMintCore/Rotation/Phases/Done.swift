extension RotationMachine {
    /// retired (delivered, where the old secret died at once) → done.
    ///
    /// `secret.revoked` is on its way to everyone; the journal shrinks to one line.
    func finish() throws(StepError) -> Progress {
        var state = state
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        if state.predecessor != nil { state.events.append(event(.secretRevoked, secretID: state.predecessor)) }
        state.last = .init(
            id: created.id, at: context.clock.now(), slot: state.slot, expiresAt: created.expiresAt)
        state.phase = .done
        state.forgetFailures()
        (state.adopted, state.mayOverwrite) = (nil, [])
        try compactState(state)
        value = nil
        return .finished
    }
}
