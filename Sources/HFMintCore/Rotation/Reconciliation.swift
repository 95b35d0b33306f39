extension RotationMachine {
    /// Compares what each sink shows with what it was given, right before the old secret dies.
    ///
    /// A deploy may have put the old value back. Such a sink is written again, and the overlap begins anew. A sink that
    /// cannot be looked at keeps the old secret alive. If a sink holds a value that may be good, or changes each time,
    /// a person is asked.
    ///
    /// - Returns: what comes next instead, or nil if no sink shows a change.
    func reconcile() throws(StepFailure) -> Next? {
        let successor = try successor()
        let changes = try changes(since: successor)
        guard !changes.isEmpty else {
            hasSeenChange = false
            return nil
        }
        guard hasSeenChange else {
            hasSeenChange = true
            return .soon(seconds: 2)
        }
        hasSeenChange = false
        do throws(StepFailure) {
            for change in changes { try checkMayWriteAgain(change, successor) }
            if isPastGrace, try !recoverValue(of: successor) { return try leaveBehind(changes) }
        } catch {
            // A leaked secret waits for sinks and persons until its grace ends, and no longer.
            if case .unwritten = error.kind { throw error }
            guard state.deadlines.graceEndsAt != nil else { throw error }
            guard isPastGrace else { throw .transient(error.message) }
            return try leaveBehind(changes)
        }
        try recorder.enter(.verified) { state in
            (state.pending, state.deadlines.overlapEndsAt) = (nil, nil)
            for change in changes {
                state.delivery.update(change.sink.target) { sink in
                    sink.evidence = nil
                    sink.timesOverwritten += 1
                }
            }
        }
        return .go
    }

    private struct Change {
        let sink: any Sink
        let standing: Standing
        /// What the sink holds instead, if it shows that.
        let value: SharedSecret?
    }

    /// Returns the sinks that have changed since they were written.
    private func changes(since successor: RotationState.Successor) throws(StepFailure) -> [Change] {
        var changes: [Change] = []
        for sink in definition.sinks {
            guard let evidence = state.delivery[sink.target]?.evidence else { continue }
            do throws(StepFailure) {
                let sighting = try sink.look()
                let standing = try sighting.standing(since: evidence, sha256: successor.sha256) {
                    (value) throws(StepFailure) in try context.sha256(value.secret)
                }
                if standing == .changed || standing == .gone {
                    changes.append(Change(sink: sink, standing: standing, value: sighting.value))
                }
            } catch {
                guard isPastGrace, error.isExternal else { throw error }
            }
        }
        return changes
    }

    /// Whether a leaked secret does not wait any longer for sinks that fail.
    private var isPastGrace: Bool { state.deadlines.graceEndsAt.map { $0 <= context.clock.now() } ?? false }

    /// Records that these sinks do not have the new secret, which the end of the run reports.
    private func leaveBehind(_ changes: [Change]) throws(StepFailure) -> Next? {
        try recorder.record { state in
            for change in changes { state.delivery.update(change.sink.target) { $0.evidence = nil } }
        }
        return nil
    }

    // MARK: What may be written again

    /// How often one sink is written again before a person is asked: a controller may put the old value back each time.
    private static let mostOverwritten = 3

    private func checkMayWriteAgain(
        _ change: Change, _ successor: RotationState.Successor
    ) throws(StepFailure) {
        let target = change.sink.target
        guard !state.delivery.mayOverwrite.contains(target) else { return }
        if change.standing == .gone, !definition.creatable.contains(target) {
            throw changed(target, "was removed since it got the new secret, and its sink does not say `create: true`")
        }
        try checkMayRepeat(target)
        guard change.standing == .changed else { return }
        let survey = try survey()
        try checkNobodyElseMadeOne(survey, target, successor)
        if let value = change.value, try !isOld(value, survey, successor) {
            throw changed(target, "was overwritten since with what is neither the old secret nor the new one")
        }
    }

    /// Checks that a sink has not been overwritten too often.
    func checkMayRepeat(_ target: String) throws(StepFailure) {
        let times = state.delivery[target]?.timesOverwritten ?? 0
        guard times < Self.mostOverwritten else {
            throw changed(
                target,
                "was overwritten \(times + 1) times since it got the new secret: something writes it again and"
                    + " again, such as a deploy or a GitOps controller")
        }
    }

    private func changed(_ target: String, _ what: String) -> StepFailure {
        .needsPerson(.sinkChanged, "\(target) \(what); the old secret stays")
    }

    /// Checks that the sink cannot hold a secret that somebody else has made at the issuer.
    private func checkNobodyElseMadeOne(
        _ survey: IssuerSurvey, _ target: String, _ successor: RotationState.Successor
    ) throws(StepFailure) {
        let others = strangers(in: survey).filter(survey.hasActive)
        guard others.isEmpty else {
            throw changed(
                target,
                "was overwritten since, perhaps with a secret that is not ours"
                    + " (\(others.joined(separator: ", ")) at \(definition.issuer.target))")
        }
        guard definition.issuer.succession == .stacked, let current = survey.secrets.first?.sha256,
            current != successor.sha256
        else { return }
        throw .needsPerson(
            .changedByOthers,
            "somebody else has changed the secret at \(definition.issuer.target) since, and \(target) too; the old secret"
                + " stays")
    }

    /// Whether `value` is the old secret, so that nothing is lost if the sink is written again.
    private func isOld(
        _ value: SharedSecret, _ survey: IssuerSurvey, _ successor: RotationState.Successor
    ) throws(StepFailure) -> Bool {
        if let known = state.predecessor.sha256 { return try context.sha256(value.secret) == known }
        if let predecessor = state.predecessor.id, let old = try readValue(predecessor) {
            return old.secret.holdsSameBytes(as: value.secret)
        }
        // A value that logs in is the old one if the issuer lists no secret of others.
        let ours = [successor.id, state.predecessor.id].compactMap(\.self) + state.ids.lost
        guard survey.active.allSatisfy({ ours.contains($0.id) }), definition.verifier != nil else { return false }
        return try logsIn(with: value)
    }
}
