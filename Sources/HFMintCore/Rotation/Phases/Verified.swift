extension RotationMachine {
    /// created → verified: a real log-in with the new secret works as often in a row as was asked for.
    ///
    /// No sink has been touched; a failure removes what we made, and the old secret never noticed.
    func verify() throws(StepFailure) -> Progress {
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
        // Where the old secret is dead already, one that logs in is better than none.
        if definition.issuer.shape.overlaps { try checkEnd() }
        try move(to: .verified)
        return .go
    }

    /// No schedule could be kept with it, and a wrong clock of ours has more to spoil.
    private func checkEnd() throws(StepFailure) {
        guard let end = state.endBeforeItsRun else { return }
        throw .needsPerson(
            .clockWasAhead,
            "\(definition.issuer.target) says that its new secret expires at \(end.rfc3339); this machine's clock says"
                + " \(context.clock.now().rfc3339), which is after that")
    }

    /// Refusals in a row before a person is asked.
    ///
    /// A new secret may take a while to spread, and how long is nobody's promise; what a person handed over has
    /// spread already.
    private var patience: Int { definition.issuer.shape == .person ? 5 : 60 }

    private func refused() throws(StepFailure) -> Progress {
        logInsInARow = 0
        if try wasReplaced() {
            _ = try discard()
            throw .needsPerson(
                .changedByOthers,
                "somebody else has changed the secret at \(definition.issuer.target) since; `hfmint rotate resume"
                    + " \(definition.name)` changes it again")
        }
        refusalsInARow += 1
        guard refusalsInARow < patience else {
            refusalsInARow = 0
            let attention =
                definition.issuer.shape == .person
                ? Attention(.pressRefresh, "the secret that was supplied is refused at a log-in, and no sink has it")
                : Attention(
                    .logInRefused, "the new secret of \(definition.issuer.target) was never accepted at a log-in")
            // There is only forward: another one could push out the one that still works.
            if definition.issuer.shape != .stacked { _ = try discard() }
            throw .needsPerson(attention)
        }
        return .soon(seconds: 2)
    }

    /// Whether the one place that the issuer has holds another value than ours.
    private func wasReplaced() throws(StepFailure) -> Bool {
        switch definition.issuer.shape {
        case .separate, .person: return false
        case .stacked, .replacing:
            guard let created = state.created, let current = try survey().secrets.first?.sha256 else { return false }
            return current != created.sha256
        }
    }

    /// The value in memory, or as the issuer shows it again.
    private func valueFromIssuer() throws(StepFailure) -> SharedSecret? {
        if let value { return value }
        guard let created = state.created else { return nil }
        value = try readValue(created.id)
        return value
    }

    /// Gives up a new secret that nobody has seen.
    private func discard() throws(StepFailure) -> Progress {
        value = nil
        if case .separate = definition.issuer.shape { return try removeCreated() }
        try move(to: definition.issuer.shape.overlaps ? .planned : .announced) { $0.created = nil }
        return .go
    }
}
