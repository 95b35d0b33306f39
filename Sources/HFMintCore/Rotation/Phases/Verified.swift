extension RotationMachine {
    /// Moves from created to verified: log-ins with the new secret have worked as often in a row as the manifest asks.
    ///
    /// No sink has been touched yet. If the log-ins fail, the new secret is removed, and the old one stays as it was.
    func verify() throws(StepFailure) -> Next {
        if state.pending == .removeCreated { return try removeCreated() }
        self.value = try newValue()
        guard let value else { return try discard() }
        guard let verifier = definition.verifier else {
            try recorder.enter(.verified)
            return .go
        }
        let answer = try verifier.logIn(with: value.secret)
        guard answer == .accepted else { return try refused() }
        logIns = LogInCount(accepted: logIns.accepted + 1)
        guard logIns.accepted >= verifier.neededLogIns else { return .go }
        // If the old secret is dead already, any secret that logs in is better than none.
        if definition.issuer.succession.overlaps { try checkEnd() }
        try recorder.enter(.verified)
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
    private var mostRefusals: Int { definition.issuer.succession == .person ? 5 : 60 }

    private func refused() throws(StepFailure) -> Next {
        logIns.accepted = 0
        if try wasReplaced() {
            _ = try discard()
            throw .needsPerson(
                .changedByOthers, "somebody else has changed the secret at \(definition.issuer.target) since")
        }
        logIns.refused += 1
        guard logIns.refused < mostRefusals else {
            logIns.refused = 0
            let attention =
                definition.issuer.succession == .person
                ? Attention(.pressRefresh, "the secret that was supplied is refused at a log-in, and no sink has it")
                : Attention(
                    .logInRefused, "the new secret of \(definition.issuer.target) was never accepted at a log-in")
            // A stacked issuer could push out the secret that still works if another one were made.
            if definition.issuer.succession != .stacked { _ = try discard() }
            throw .needsPerson(attention)
        }
        return .soon(seconds: 2)
    }

    /// Whether an issuer with one current value holds another one than ours.
    private func wasReplaced() throws(StepFailure) -> Bool {
        switch definition.issuer.succession {
        case .separate, .person: return false
        case .stacked, .replacing:
            guard let created = state.successor, let current = try survey().secrets.first?.sha256 else { return false }
            return current != created.sha256
        }
    }
}

/// Log-ins with the new secret that had the same answer, in a row.
struct LogInCount {
    var accepted = 0
    var refused = 0
}
