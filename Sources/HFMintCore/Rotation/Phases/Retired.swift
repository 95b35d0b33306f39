extension RotationMachine {
    /// Moves from announced to retired: the predecessor is dead and removed, and so are lost secrets of ours.
    ///
    /// First checks again what every sink holds: see ``reconcile()``. Switches the predecessor off if the issuer can
    /// switch it on again, proves its death, and only then deletes it. Without a predecessor nothing is retired.
    func retire() throws(StepFailure) -> Next {
        guard let predecessor = state.predecessor.id, predecessor != state.successor?.id else {
            if !state.ids.lost.isEmpty, let next = try reconcile() { return next }
            return try removeLost()
        }
        if state.predecessor.deathProof == nil {
            let canCheck = definition.issuer.isReadable && definition.verifier != nil
            let old = canCheck ? try readValue(predecessor) : nil
            try checkSuccessor()
            if let next = try reconcile() { return next }
            let isRemoved = try !deactivate(predecessor)
            guard let proof = try proof(ofDeathOf: predecessor, old) else {
                throw .needsPerson(
                    .deathUnproven,
                    "\(definition.issuer.target) took the order to retire the old secret, and shows no proof that it is dead"
                )
            }
            try recorder.record { $0.predecessor.deathProof = proof }
            if isRemoved { return try removeLost() }
        } else if let next = try reconcile() {
            return next
        }
        try delete(predecessor, as: .delete)
        return try removeLost()
    }

    /// Checks that the issuer lists the new secret as active, with no earlier end than it promised.
    ///
    /// Else the old secret is the last one that is known to work, and must stay.
    private func checkSuccessor() throws(StepFailure) {
        let successor = try successor()
        let listed = try survey().secret(successor.id)
        let endsAsPromised = listed?.expiresAt.map { end in successor.expiresAt.map { end >= $0 } ?? true } ?? true
        guard let listed, listed.isActive, endsAsPromised else {
            // The issuer may not list it yet.
            throw .transient(
                "the new secret \(successor.id) is not in use any more at \(definition.issuer.target), so the old one"
                    + " stays")
        }
    }

    /// Switches a secret off, or deletes it if the issuer cannot switch secrets off.
    ///
    /// - Returns: whether the secret can be switched on again.
    private func deactivate(_ id: String) throws(StepFailure) -> Bool {
        var isReversible = false
        try recorder.act(.deactivate) { () throws(StepFailure) in
            isReversible = try definition.issuer.deactivate(id)
            if !isReversible { try definition.issuer.delete(id) }
        } result: { _, _ in
        }
        return isReversible
    }

    /// Returns how it is known that a secret is dead, or nil.
    ///
    /// - Parameter old: the value of the secret, if it was readable.
    private func proof(ofDeathOf id: String, _ old: SharedSecret?) throws(StepFailure) -> String? {
        if let old, let value = try newValue(), let verifier = definition.verifier {
            let oldAnswer = try verifier.logIn(with: old.secret)
            let newAnswer = try verifier.logIn(with: value.secret)
            if oldAnswer == .refused && newAnswer == .accepted { return "refused" }
            // A secret that logs in is not dead, whatever the issuer lists.
            guard oldAnswer == .refused else {
                throw .transient(
                    "\(definition.issuer.target) took the order to retire the old secret, which still logs in")
            }
        }
        let listings = try [survey(), survey()]
        let isGone = listings.allSatisfy { !$0.hasActive(id) }
        // An empty list proves nothing.
        if isGone, listings.allSatisfy({ $0.showsDeath && !$0.secrets.isEmpty }) { return "listed" }
        return definition.acceptsUnprovenDeath ? "accepted" : nil
    }

    /// Returns the value of the new secret: from memory, or read from the issuer again.
    func newValue() throws(StepFailure) -> SharedSecret? {
        if let value { return value }
        guard let id = state.successor?.id else { return nil }
        return try readValue(id)
    }

    private func removeLost() throws(StepFailure) -> Next {
        try findStrays()
        while let id = state.ids.lost.first {
            try delete(id, as: .delete) { $0.ids.lost.removeFirst() }
        }
        try recorder.enter(.retired)
        return .go
    }

    /// Adds secrets that carry this run's marker, and that no earlier survey listed, to the lost ones.
    private func findStrays() throws(StepFailure) {
        guard definition.issuer.succession.isSeparate else { return }
        let strays = try survey().secrets.filter { secret in
            secret.marker == marker && secret.id != state.successor?.id
                && !(state.ids.lost + state.ids.known).contains(secret.id)
        }
        guard !strays.isEmpty else { return }
        try recorder.record { $0.ids.lost += strays.map(\.id) }
    }
}
