extension RotationMachine {
    /// Gives up a run: before the first sink was written the new secret is removed; after that nothing is, as a sink
    /// may hold it.
    ///
    /// - Returns: what that means, in a sentence.
    func abandon() throws(StepFailure) -> String {
        let name = definition.name
        guard state.isRunning else {
            try record { $0 = $0.abandoned(keeping: nil) }
            return "'\(name)' is given up: it had not begun"
        }
        var made = state.created?.id
        if made == nil { made = try interruptedCreation() }
        guard let made else {
            try close(keeping: nil)
            return "'\(name)' is given up: no secret had been made"
        }
        guard case .separate = definition.issuer.shape, !state.hasTouchedSinks else {
            try close(keeping: made)
            return "'\(name)' is given up: \(made) stays at \(definition.issuer.target), as a sink may hold it"
        }
        guard try isOurs(made) else {
            try close(keeping: nil)
            return "'\(name)' is given up: \(made) stays at the client that the run began with, as the manifest names"
                + " another one; remove it there"
        }
        try act(.removeCreated) { () throws(StepFailure) in
            try definition.issuer.delete(made)
        } result: { _, _ in
        }
        try close(keeping: nil)
        return "'\(name)' is given up: its new secret is removed, and no sink was touched"
    }

    /// Whether the client in the manifest is the one that this run made its secret for: another one may have a secret of
    /// the same id.
    private func isOurs(_ id: String) throws(StepFailure) -> Bool {
        guard state.definition != definition.digest else { return true }
        return try survey().secrets.contains { secret in
            secret.id == id
                && (secret.marker == marker || (secret.sha256 != nil && secret.sha256 == state.created?.sha256))
        }
    }

    private func close(keeping made: String?) throws(StepFailure) {
        try record { state in
            state.events.append(self.event(.rotationFailed, secretID: made))
            state = state.abandoned(keeping: made)
        }
        do throws(FileFailure) {
            try flushCallbacks()
        } catch {
            throw .unwritten(error)
        }
    }

    /// A secret that a call made whose answer was lost.
    private func interruptedCreation() throws(StepFailure) -> String? {
        guard case .create(let sha256) = state.pending else { return nil }
        return ours(in: try survey(), sha256: sha256)?.id
    }
}

extension RotationState {
    /// - Parameter made: a secret of ours that stays; the next run removes it when every sink has another.
    func abandoned(keeping made: String?) -> RotationState {
        var next = RotationState()
        (next.adopted, next.last, next.run, next.enabledAt) = (adopted ?? predecessor, last, run, enabledAt)
        (next.closedEndpoints, next.events, next.lost) = (closedEndpoints, events, lost + (made.map { [$0] } ?? []))
        return next
    }
}
