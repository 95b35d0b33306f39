extension RotationMachine {
    /// Moves from verified to delivered: every sink has confirmed the new secret.
    ///
    /// The first write is the point of no return, and is recorded before it is sent. From then on, no secret is removed
    /// that a sink may hold. A value that was lost in a crash is read back from the issuer or from a sink. If neither
    /// shows it, another secret is made while both stay alive; if the issuer has no room for it, a person is asked.
    func deliver() throws(StepFailure) -> Next {
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        if state.pending == .removeCreated { return try removeCreated() }
        guard try recoverValue(created) else { return try createAnother(created) }
        try proveTargetsLate()
        try writeAll(created)
        try move(to: .delivered) { state in
            state.events.append(self.event(.secretDelivered, secretID: created.id))
        }
        return .go
    }

    private func writeAll(_ created: RotationState.Created) throws(StepFailure) {
        var failure: StepFailure?
        for sink in definition.sinks where state.evidence(of: sink.target) == nil {
            do throws(StepFailure) {
                try checkIsStillThere(sink)
                try write(to: sink, created)
            } catch {
                // If the secret has leaked, the other sinks do not wait for this one.
                guard state.graceEndsAt != nil, error.isOfTheWorld else { throw error }
                failure = failure ?? error
                try record { $0.pending = nil }
            }
        }
        guard let failure, let end = state.graceEndsAt, context.clock.now() < end else { return }
        throw StepFailure(.transient(retryAfterSeconds: nil), failure.message)
    }

    private func write(to sink: any Sink, _ created: RotationState.Created) throws(StepFailure) {
        guard let value else { return }
        let key = "\(marker):\(created.sha256.prefix(16))"
        // An interrupted write is repeated with the same value and the same key.
        try act(.write(sink: sink.target), alsoIntending: { $0.hasTouchedSinks = true }) {
            () throws(StepFailure) -> Evidence in
            try sink.write(value.secret, idempotencyKey: key)
        } result: { state, evidence in
            state.update(sink.target) { $0.evidence = evidence }
            state.mayOverwrite.removeAll { $0 == sink.target }
            state.forgetFailures()
        }
    }

    /// Reads the value of the new secret back if this process does not have it.
    ///
    /// - Returns: whether this process has the value now.
    func recoverValue(_ created: RotationState.Created) throws(StepFailure) -> Bool {
        if value != nil { return true }
        if let read = try readValue(created.id), try sha256(read.secret) == created.sha256 {
            value = read
            return true
        }
        for sink in definition.sinks where sink.isReadable {
            guard let found = try sink.look().value, try sha256(found.secret) == created.sha256, try works(found)
            else { continue }
            value = found
            return true
        }
        return false
    }

    /// Whether the client can log in with `value`, or no verifier is defined.
    func works(_ value: SharedSecret) throws(StepFailure) -> Bool {
        guard let verifier = definition.verifier else { return true }
        return try verifier.logIn(with: value.secret) == .accepted
    }

    /// How many secrets may be lost before a person is asked.
    ///
    /// Each stays at the issuer until the old secret is retired.
    private static let mostLost = 2

    private func createAnother(_ created: RotationState.Created) throws(StepFailure) -> Next {
        guard state.hasTouchedSinks else { return try discard() }
        guard state.lost.count < Self.mostLost else {
            throw .needsPerson(
                .valueLost,
                "the value of the new secret was lost \(state.lost.count + 1) times, each after some sinks had it")
        }
        if case .separate(let limit?) = definition.issuer.shape {
            guard try survey().secrets.count < limit else {
                let overwritten = state.sinks.filter { $0.timesOverwritten > 0 }.map(\.target)
                let story =
                    overwritten.isEmpty
                    ? "the value of the new secret is lost, some sinks hold it"
                    : "somebody else has overwritten \(overwritten.joined(separator: ", ")) since, nobody has the new"
                        + " secret's value any more"
                throw .needsPerson(
                    .valueLost,
                    "\(story), and \(definition.issuer.target) has no room for another; the old secret stays")
            }
        }
        try move(to: phaseBeforeCreation) { state in
            if case .separate = self.definition.issuer.shape { state.lost.append(created.id) }
            state.knownIDs.append(created.id)
            state.created = nil
            state.pending = nil
            for index in state.sinks.indices { state.sinks[index].evidence = nil }
        }
        return .go
    }
}
