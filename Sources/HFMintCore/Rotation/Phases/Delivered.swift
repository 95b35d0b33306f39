extension RotationMachine {
    /// Moves from verified to delivered: every sink has confirmed the new secret, and each app whose health the
    /// manifest asks for was seen healthy with it.
    ///
    /// The first write is the point of no return, and is recorded before it is sent. From then on, no secret is removed
    /// that a sink may hold. A list of secrets gets the new one behind the others at first (``introduce(_:)``). A value
    /// that was lost in a crash is read back from the issuer or from a sink. If neither shows it, another secret is
    /// made while both stay alive; if the issuer has no room for it, a person is asked.
    func deliver() throws(StepFailure) -> Next {
        let successor = try successor()
        if state.pending == .removeCreated { return try removeCreated() }
        // What every sink has is not needed here any more.
        if definition.sinks.contains(where: { state.delivery[$0.target]?.evidence == nil }) {
            guard try recoverValue(of: successor) else { return try createAnother() }
            try proveTargetsLate()
            if let next = try introduce(successor) { return next }
            try writeAll(successor)
        }
        if let next = try awaitHealth() { return next }
        try recorder.enter(.delivered) { outbox.add(.secretDelivered, secretID: successor.id, to: &$0) }
        return .go
    }

    private func writeAll(_ successor: RotationState.Successor) throws(StepFailure) {
        var failure: StepFailure?
        for sink in definition.sinks where state.delivery[sink.target]?.evidence == nil {
            do throws(StepFailure) {
                try checkIsStillThere(sink)
                try write(successor, to: sink)
            } catch {
                // If the secret has leaked, the other sinks do not wait for this one.
                guard state.deadlines.graceEndsAt != nil, error.isExternal else { throw error }
                failure = failure ?? error
                try recorder.record { $0.pending = nil }
            }
        }
        guard let failure, let end = state.deadlines.graceEndsAt, context.clock.now() < end else { return }
        throw .transient(failure.message)
    }

    private func write(_ successor: RotationState.Successor, to sink: any Sink) throws(StepFailure) {
        guard let value else { return }
        let key = idempotencyKey(of: successor)
        if watches[sink.target]?.isOver ?? true { watches[sink.target] = try sink.watch(isWritten: false) }
        // An interrupted write is repeated with the same value and the same key.
        try recorder.act(.write(sink: sink.target), alsoIntending: { $0.delivery.hasTouchedSinks = true }) {
            () throws(StepFailure) -> Evidence in
            try sink.write(value.secret, idempotencyKey: key)
        } result: { state, evidence in
            state.delivery.update(sink.target) { $0.evidence = evidence }
            state.delivery.mayOverwrite.removeAll { $0 == sink.target }
            state.retry = .init()
        }
    }

    /// Looks once at each app whose health the manifest asks for; a leaked secret does not wait for any.
    ///
    /// - Returns: when to look again, or nil if all are healthy.
    private func awaitHealth() throws(StepFailure) -> Next? {
        guard state.run.cause != .leaked else { return nil }
        var soonest: Int?
        for sink in definition.sinks {
            if watches[sink.target] == nil { watches[sink.target] = try sink.watch(isWritten: true) }
            guard var watch = watches[sink.target] else { continue }
            switch try watch.look() {
            case .look(let seconds): soonest = min(soonest ?? seconds, seconds)
            case .unhealthy(let clause):
                throw .needsPerson(.appUnhealthy, "\(sink.target): it has the new secret, and its Space \(clause)")
            case .ask, .healthy: break
            }
            watches[sink.target] = watch
        }
        guard let soonest else { return nil }
        context.progress("\(definition.name): every sink has the new secret; waiting for the health of its apps")
        return .soon(seconds: soonest)
    }

    func idempotencyKey(of successor: RotationState.Successor) -> String { "\(marker):\(successor.sha256.prefix(16))" }

    /// Reads the value of the new secret back if this process does not have it.
    ///
    /// - Returns: whether this process has the value now.
    func recoverValue(of successor: RotationState.Successor) throws(StepFailure) -> Bool {
        if value != nil { return true }
        if let read = try readValue(successor.id), try context.sha256(read.secret) == successor.sha256 {
            value = read
            return true
        }
        for sink in definition.sinks where sink.isReadable {
            for found in try sink.look().held where try context.sha256(found.secret) == successor.sha256 {
                guard try logsIn(with: found) else { continue }
                value = found
                return true
            }
        }
        return false
    }

    /// Whether the client can log in with `value`, or no verifier is defined.
    func logsIn(with value: SharedSecret) throws(StepFailure) -> Bool {
        guard let verifier = definition.verifier else { return true }
        return try verifier.logIn(with: value.secret) == .accepted
    }

    /// How many secrets may be lost before a person is asked.
    ///
    /// Each stays at the issuer until the old secret is retired.
    private static let mostLost = 2

    private func createAnother() throws(StepFailure) -> Next {
        guard state.delivery.hasTouchedSinks else { return try discard() }
        guard state.ids.lost.count < Self.mostLost else {
            throw .needsPerson(
                .valueLost,
                "the value of the new secret was lost \(state.ids.lost.count + 1) times, each after some sinks had it")
        }
        if case .separate(let limit?) = definition.issuer.succession {
            guard try survey().secrets.count < limit else {
                let overwritten = state.delivery.sinks.filter { $0.timesOverwritten > 0 }.map(\.target)
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
        try recorder.enter(phaseBeforeCreation) { state in
            if let lost = state.successor?.id {
                if definition.issuer.succession.isSeparate { state.ids.lost.append(lost) }
                state.ids.known.append(lost)
            }
            (state.successor, state.pending, state.deadlines.usedFrom) = (nil, nil, nil)
            for index in state.delivery.sinks.indices {
                (state.delivery.sinks[index].evidence, state.delivery.sinks[index].isAdded) = (nil, false)
            }
        }
        return .go
    }
}
