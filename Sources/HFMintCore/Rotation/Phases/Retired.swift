extension RotationMachine {
    /// announced → retired: the predecessor is switched off where that can be undone, its death has evidence, then it
    /// is removed; and so are secrets of ours whose value was lost.
    ///
    /// Right before it, every sink is asked again for what it was given: see ``reconcile()``. Without a predecessor
    /// nothing is retired. Everything here repeats until it is proven.
    func retire() throws(StepFailure) -> Progress {
        guard let predecessor = state.predecessor, predecessor != state.created?.id else {
            if !state.lost.isEmpty, let progress = try reconcile() { return progress }
            return try removeLost()
        }
        if state.deathEvidence == nil {
            let canCheck = definition.issuer.isReadable && definition.verifier != nil
            let old = canCheck ? try readValue(predecessor) : nil
            try checkSuccessor()
            if let progress = try reconcile() { return progress }
            let isRemoved = try !deactivate(predecessor)
            guard let evidence = try evidence(ofDeathOf: predecessor, old) else {
                throw .needsPerson(
                    .deathUnproven,
                    "\(definition.issuer.target) took the order to retire the old secret, and shows no proof that it is dead"
                )
            }
            try record { $0.deathEvidence = evidence }
            if isRemoved { return try removeLost() }
        } else if let progress = try reconcile() {
            return progress
        }
        try act(.delete) { () throws(StepFailure) in
            try definition.issuer.delete(predecessor)
        } result: { _, _ in
        }
        return try removeLost()
    }

    /// The old secret is the last that is known to be good unless the new one is there, for as long as it was given.
    private func checkSuccessor() throws(StepFailure) {
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        let listed = try survey().secrets.first { $0.id == created.id }
        let endsAsPromised = listed?.expiresAt.map { end in created.expiresAt.map { end >= $0 } ?? true } ?? true
        guard let listed, listed.isActive, endsAsPromised else {
            // It may not be listed yet.
            throw StepFailure(
                .transient(retryAfterSeconds: nil),
                "the new secret \(created.id) is not in use any more at \(definition.issuer.target), so the old one stays"
            )
        }
    }

    /// Where a secret cannot be switched off, the removal is the death.
    ///
    /// - Returns: whether it can be switched on again.
    private func deactivate(_ id: String) throws(StepFailure) -> Bool {
        var isReversible = false
        try act(.deactivate) { () throws(StepFailure) in
            isReversible = try definition.issuer.deactivate(id)
            if !isReversible { try definition.issuer.delete(id) }
        } result: { _, _ in
        }
        return isReversible
    }

    private func evidence(ofDeathOf id: String, _ old: SharedSecret?) throws(StepFailure) -> String? {
        if let old, let value = try newValue(), let verifier = definition.verifier {
            let oldAnswer = try verifier.logIn(with: old.secret)
            let newAnswer = try verifier.logIn(with: value.secret)
            if oldAnswer == .refused && newAnswer == .accepted { return "refused" }
            // Whatever a list says: what logs in is not dead.
            guard oldAnswer == .refused else {
                throw StepFailure(
                    .transient(retryAfterSeconds: nil),
                    "\(definition.issuer.target) took the order to retire the old secret, which still logs in")
            }
        }
        let listings = try [survey(), survey()]
        let isGone = listings.allSatisfy { survey in !survey.secrets.contains { $0.id == id && $0.isActive } }
        // An issuer that lists nothing at all proves nothing.
        if isGone, listings.allSatisfy({ $0.showsDeath && !$0.secrets.isEmpty }) { return "listed" }
        return definition.acceptsUnprovenDeath ? "accepted" : nil
    }

    private func newValue() throws(StepFailure) -> SharedSecret? {
        if let value { return value }
        guard let created = state.created else { return nil }
        return try readValue(created.id)
    }

    private func removeLost() throws(StepFailure) -> Progress {
        try findStrays()
        while let id = state.lost.first {
            try act(.delete) { () throws(StepFailure) in
                try definition.issuer.delete(id)
            } result: { state, _ in
                state.lost.removeFirst()
            }
        }
        try move(to: .retired)
        return .go
    }

    /// Secrets of this run that no survey showed when the answer to their creation was lost: our marker proves them ours.
    private func findStrays() throws(StepFailure) {
        guard case .separate = definition.issuer.shape else { return }
        let strays = try survey().secrets.filter { secret in
            secret.marker == marker && secret.id != state.created?.id
                && !(state.lost + state.knownIDs).contains(secret.id)
        }
        guard !strays.isEmpty else { return }
        try record { $0.lost += strays.map(\.id) }
    }
}
