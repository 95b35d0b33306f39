extension RotationMachine {
    /// Compares what each sink shows with what it was given, right before the old secret dies.
    ///
    /// A deploy may have put the old value back. Such a sink is written again, and the overlap begins anew. A sink that
    /// cannot be looked at keeps the old secret alive. If a sink holds a value that may be good, or changes each time,
    /// a person is asked.
    ///
    /// - Returns: what comes next instead, or nil if no sink shows a change.
    func reconcile() throws(StepFailure) -> Next? {
        guard let created = state.created else {
            throw .needsPerson(.journalIncomplete, "the journal names no new secret")
        }
        var changes: [Change] = []
        for sink in definition.sinks {
            guard let evidence = state.evidence(of: sink.target) else { continue }
            do throws(StepFailure) {
                if let change = try change(of: sink, since: evidence, created) { changes.append(change) }
            } catch {
                guard isPastGrace, error.isOfTheWorld else { throw error }
            }
        }
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
            for change in changes { try checkMayWriteAgain(change, created) }
            if isPastGrace, try !recoverValue(created) { return try leaveBehind(changes) }
        } catch {
            // A leaked secret waits for sinks and persons until its grace ends, and no longer.
            if case .unwritten = error.kind { throw error }
            guard state.graceEndsAt != nil else { throw error }
            guard isPastGrace else { throw StepFailure(.transient(retryAfterSeconds: nil), error.message) }
            return try leaveBehind(changes)
        }
        let targets = changes.map(\.sink.target)
        try move(to: .verified) { state in
            (state.pending, state.overlapEndsAt) = (nil, nil)
            for target in targets {
                state.update(target) { sink in
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

    /// Returns how a sink has changed since it was written, or nil if it shows no change.
    private func change(
        of sink: any Sink, since evidence: Evidence, _ created: RotationState.Created
    ) throws(StepFailure) -> Change? {
        let sighting = try sink.look()
        let standing: Standing
        do throws(MintError) {
            standing = try sighting.standing(since: evidence, sha256: created.sha256, context.digests)
        } catch {
            throw .needsPerson(.libraryMissing, error.message)
        }
        switch standing {
        case .same, .notShown: return nil
        case .changed, .gone:
            return Change(sink: sink, standing: standing, value: sighting.value)
        }
    }

    /// Whether a leaked secret does not wait any longer for sinks that fail.
    private var isPastGrace: Bool { state.graceEndsAt.map { $0 <= context.clock.now() } ?? false }

    /// Records that these sinks do not have the new secret, which the end of the run reports.
    private func leaveBehind(_ changes: [Change]) throws(StepFailure) -> Next? {
        let targets = changes.map(\.sink.target)
        try record { state in for target in targets { state.update(target) { $0.evidence = nil } } }
        return nil
    }

    // MARK: What may be written again

    /// How often one sink is written again before a person is asked: a controller may put the old value back each time.
    private static let mostOverwritten = 3

    private func checkMayWriteAgain(_ change: Change, _ created: RotationState.Created) throws(StepFailure) {
        let target = change.sink.target
        guard !state.mayOverwrite.contains(target) else { return }
        if change.standing == .gone, !definition.creatable.contains(target) {
            throw changed(target, "was removed since it got the new secret, and its sink does not say `create: true`")
        }
        let times = state.timesOverwritten(target)
        guard times < Self.mostOverwritten else {
            throw changed(
                target,
                "was overwritten \(times + 1) times since it got the new secret: something writes it again and"
                    + " again, such as a deploy or a GitOps controller")
        }
        guard change.standing == .changed else { return }
        let survey = try survey()
        try checkNobodyElseMadeOne(survey, target, created)
        if let value = change.value, try !isOld(value, survey, created) {
            throw changed(
                target, "was overwritten since with what is neither the old secret nor the new one")
        }
    }

    private func changed(_ target: String, _ what: String) -> StepFailure {
        .needsPerson(.sinkChanged, "\(target) \(what); the old secret stays")
    }

    /// Checks that the sink cannot hold a secret that somebody else has made at the issuer.
    private func checkNobodyElseMadeOne(
        _ survey: IssuerSurvey, _ target: String, _ created: RotationState.Created
    ) throws(StepFailure) {
        let others = strangers(in: survey).filter { id in survey.secrets.contains { $0.id == id && $0.isActive } }
        guard others.isEmpty else {
            throw changed(
                target,
                "was overwritten since, perhaps with a secret that is not ours"
                    + " (\(others.joined(separator: ", ")) at \(definition.issuer.target))")
        }
        guard definition.issuer.shape == .stacked, let current = survey.secrets.first?.sha256,
            current != created.sha256
        else { return }
        throw .needsPerson(
            .changedByOthers,
            "somebody else has changed the secret at \(definition.issuer.target) since, and \(target) too; the old secret"
                + " stays")
    }

    /// Whether `value` is the old secret, so that nothing is lost if the sink is written again.
    private func isOld(
        _ value: SharedSecret, _ survey: IssuerSurvey, _ created: RotationState.Created
    ) throws(StepFailure) -> Bool {
        if let known = state.predecessorSHA256 { return try sha256(value.secret) == known }
        if let predecessor = state.predecessor, let old = try readValue(predecessor) {
            return old.secret.holdsSameBytes(as: value.secret)
        }
        // A value that logs in is the old one if the issuer lists no secret of others.
        let ours = [created.id, state.predecessor].compactMap(\.self) + state.lost
        let others = survey.secrets.filter { $0.isActive && !ours.contains($0.id) }
        guard others.isEmpty, definition.verifier != nil else { return false }
        return try works(value)
    }
}
