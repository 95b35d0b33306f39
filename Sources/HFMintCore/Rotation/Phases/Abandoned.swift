extension RotationMachine {
    /// Gives up a run.
    ///
    /// Removes the new secret if no sink was written yet; else a sink may hold it, and it stays.
    ///
    /// - Returns: a sentence that says what was done.
    func abandon() throws(StepFailure) -> String {
        let name = definition.name
        guard state.isRunning else {
            try recorder.record { $0 = $0.abandoned(keeping: nil) }
            return "'\(name)' is given up: it had not begun"
        }
        var made = state.successor?.id
        if made == nil { made = try interruptedCreation() }
        guard let made else {
            try close(keeping: nil)
            return "'\(name)' is given up: no secret had been made"
        }
        guard definition.issuer.succession.isSeparate, !state.delivery.hasTouchedSinks else {
            try close(keeping: made)
            return "'\(name)' is given up: \(made) stays at \(definition.issuer.target), as a sink may hold it"
        }
        guard try isOurs(made) else {
            try close(keeping: nil)
            return "'\(name)' is given up: \(made) stays at the client that the run began with, as the manifest names"
                + " another one; remove it there"
        }
        try delete(made, as: .removeCreated)
        try close(keeping: nil)
        return "'\(name)' is given up: its new secret is removed, and no sink was touched"
    }

    /// Whether the manifest still names the client for which this run made its secret.
    ///
    /// Another client may have a secret with the same id.
    private func isOurs(_ id: String) throws(StepFailure) -> Bool {
        guard state.run.definition != definition.digest else { return true }
        guard let secret = try survey().secret(id) else { return false }
        return secret.marker == marker || (secret.sha256 != nil && secret.sha256 == state.successor?.sha256)
    }

    private func close(keeping made: String?) throws(StepFailure) {
        try recorder.record { state in
            outbox.add(.rotationFailed, secretID: made, to: &state)
            state = state.abandoned(keeping: made)
        }
        do throws(FileFailure) {
            try outbox.flush()
        } catch {
            throw .unwritten(error)
        }
    }

    /// Returns the id of the secret that an interrupted call made, or nil.
    private func interruptedCreation() throws(StepFailure) -> String? {
        guard case .create(let sha256) = state.pending else { return nil }
        return ours(in: try survey(), sha256: sha256)?.id
    }
}

extension RotationState {
    /// Returns the state after the run was given up.
    ///
    /// - Parameter made: the id of a new secret that stays. The next run removes it once every sink has another one.
    func abandoned(keeping made: String?) -> RotationState {
        var next = afterRun()
        next.timetable.adopted = timetable.adopted ?? predecessor.id
        next.told.events = told.events
        if let made { next.ids.lost.append(made) }
        return next
    }
}
