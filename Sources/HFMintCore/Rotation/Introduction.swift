extension RotationMachine {
    /// Adds the new secret to every list, and waits until those who read the lists have had the time to see it.
    ///
    /// Then everybody accepts it, and it may be used anywhere. A leaked secret is replaced without that wait.
    ///
    /// - Returns: what comes next instead, or nil if the new secret may be used.
    func introduce(_ successor: RotationState.Successor) throws(StepFailure) -> Next? {
        let lists = definition.lists
        guard !lists.isEmpty, state.run.cause != .leaked else { return nil }
        for list in lists where state.delivery[list.target]?.isAdded != true { try add(successor, to: list) }
        // Where there was no secret before, nobody uses another one.
        let lead = state.ids.known.isEmpty ? 0 : definition.lead
        let now = context.clock.now()
        // A moment that is further away was recorded by a wrong clock.
        guard let start = state.deadlines.usedFrom, start <= now + (lead + 1) else {
            // The clock counts whole seconds, and the current one may be nearly over.
            try recorder.record { $0.deadlines.usedFrom = now + (lead == 0 ? 0 : lead + 1) }
            return .go
        }
        guard start <= now else { return wait(until: start, "every list accepts the new secret, and none uses it yet") }
        return try introduceAgain(successor)
    }

    private func add(_ successor: RotationState.Successor, to list: SecretListSink) throws(StepFailure) {
        guard let value else { return }
        try checkIsStillThere(list)
        let key = idempotencyKey(of: successor)
        try recorder.act(.write(sink: list.target), alsoIntending: { $0.delivery.hasTouchedSinks = true }) {
            () throws(StepFailure) -> Evidence in
            try list.add(value.secret, idempotencyKey: key)
        } result: { state, _ in
            state.delivery.update(list.target) { $0.isAdded = true }
            state.retry = .init()
        }
    }

    /// Goes back to the lists that have lost the new secret since, before it is used anywhere else.
    ///
    /// - Returns: nil if every list has it.
    private func introduceAgain(_ successor: RotationState.Successor) throws(StepFailure) -> Next? {
        var lost: [String] = []
        for list in definition.lists where state.delivery[list.target]?.evidence == nil {
            guard let value, try !list.list().holds(value.secret) else { continue }
            try checkMayRepeat(list.target)
            lost.append(list.target)
        }
        guard !lost.isEmpty else { return nil }
        try recorder.record { state in
            state.deadlines.usedFrom = nil
            for target in lost {
                state.delivery.update(target) { sink in
                    sink.isAdded = false
                    sink.timesOverwritten += 1
                }
            }
        }
        return .go
    }
}
