extension RotationMachine {
    /// verified → delivered: every sink has confirmed the new secret.
    ///
    /// The first write is the point of no return, and is recorded before it is sent: from there on nothing is removed
    /// that a sink may hold. A value that a crash took comes back from the issuer, or from a sink that can be read;
    /// else another secret is made while both stay alive, and where the issuer has no room for that a person is asked.
    func deliver() throws(StepFailure) -> Progress {
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        if state.pending == .removeCreated { return try removeCreated() }
        guard try recoverValue(created) else { return try createAnother(created) }
        try checkHeld()
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
                // Where the old secret is known to others, the other sinks need not wait for this one.
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
        // The same value with the same key: to repeat an interrupted write does no harm.
        try act(.write(sink: sink.target), alsoIntending: { $0.hasTouchedSinks = true }) {
            () throws(StepFailure) -> Evidence in
            try sink.write(value.secret, idempotencyKey: key)
        } result: { state, evidence in
            state.update(sink.target) { $0.evidence = evidence }
            state.mayOverwrite.removeAll { $0 == sink.target }
            state.forgetFailures()
        }
    }

    func recoverValue(_ created: RotationState.Created) throws(StepFailure) -> Bool {
        if value != nil { return true }
        if let read = try readValue(created.id), try sha256(read.secret) == created.sha256 {
            value = read
            return true
        }
        for sink in definition.sinks where sink.isReadable {
            guard let found = try look(at: sink).value, try sha256(found.secret) == created.sha256, try works(found)
            else {
                continue
            }
            value = found
            return true
        }
        return false
    }

    func works(_ value: SharedSecret) throws(StepFailure) -> Bool {
        guard let verifier = definition.verifier else { return true }
        return try verifier.logIn(with: value.secret) == .accepted
    }

    func look(at sink: any Sink) throws(StepFailure) -> Sighting {
        try sink.look()
    }

    /// Secrets that may be lost before a person is asked: each stays at the issuer until the old one is retired.
    private static let mostLost = 2

    private func createAnother(_ created: RotationState.Created) throws(StepFailure) -> Progress {
        // No sink holds it, so it may go.
        guard state.hasTouchedSinks else { return try removeOrForget() }
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
        let back: RotationState.Phase = definition.issuer.shape.overlaps ? .planned : .announced
        try move(to: back) { state in
            if case .separate = self.definition.issuer.shape { state.lost.append(created.id) }
            state.knownIDs.append(created.id)
            state.created = nil
            state.pending = nil
            for index in state.sinks.indices { state.sinks[index].evidence = nil }
        }
        return .go
    }

    private func removeOrForget() throws(StepFailure) -> Progress {
        if case .separate = definition.issuer.shape { return try removeCreated() }
        try move(to: definition.issuer.shape.overlaps ? .planned : .announced) { $0.created = nil }
        return .go
    }
}
