extension RotationMachine {
    /// Moves from created to verified: log-ins with the new secret have worked as often in a row as the manifest asks.
    ///
    /// No sink has been touched yet. If the log-ins fail, the new secret is removed, and the old one stays as it was.
    func verify() throws(StepFailure) -> Next {
        if state.pending == .removeCreated { return try removeCreated() }
        guard let value = try valueFromIssuer() else { return try discard() }
        guard let verifier = definition.verifier else {
            try move(to: .verified)
            return .go
        }
        let answer = try verifier.logIn(with: value.secret)
        guard answer == .accepted else { return try refused() }
        logInsInARow += 1
        refusalsInARow = 0
        guard logInsInARow >= verifier.neededLogIns else { return .go }
        // If the old secret is dead already, any secret that logs in is better than none.
        if definition.issuer.shape.overlaps { try checkEnd() }
        try move(to: .verified)
        return .go
    }

    /// Checks that the new secret does not expire before its run began: else one of the clocks is wrong.
    private func checkEnd() throws(StepFailure) {
        guard let end = state.endBeforeItsRun else { return }
        throw .needsPerson(
            .clockWasAhead,
            "\(definition.issuer.target) says that its new secret expires at \(end.rfc3339); this machine's clock says"
                + " \(context.clock.now().rfc3339), which is after that")
    }

    /// How many log-ins in a row may be refused before a person is asked.
    ///
    /// No issuer promises how long a new secret takes to spread. One that a person supplies has spread already.
    private var mostRefusals: Int { definition.issuer.shape == .person ? 5 : 60 }

    private func refused() throws(StepFailure) -> Next {
        logInsInARow = 0
        if try wasReplaced() {
            _ = try discard()
            throw .needsPerson(
                .changedByOthers, "somebody else has changed the secret at \(definition.issuer.target) since")
        }
        refusalsInARow += 1
        guard refusalsInARow < mostRefusals else {
            refusalsInARow = 0
            let attention =
                definition.issuer.shape == .person
                ? Attention(.pressRefresh, "the secret that was supplied is refused at a log-in, and no sink has it")
                : Attention(
                    .logInRefused, "the new secret of \(definition.issuer.target) was never accepted at a log-in")
            // A stacked issuer could push out the secret that still works if another one were made.
            if definition.issuer.shape != .stacked { _ = try discard() }
            throw .needsPerson(attention)
        }
        return .soon(seconds: 2)
    }

    /// Whether an issuer with one current value holds another one than ours.
    private func wasReplaced() throws(StepFailure) -> Bool {
        switch definition.issuer.shape {
        case .separate, .person: return false
        case .stacked, .replacing:
            guard let created = state.created, let current = try survey().secrets.first?.sha256 else { return false }
            return current != created.sha256
        }
    }

    /// Returns the new secret's value: from memory, or read from the issuer again.
    private func valueFromIssuer() throws(StepFailure) -> SharedSecret? {
        if let value { return value }
        guard let created = state.created else { return nil }
        value = try readValue(created.id)
        return value
    }
}
