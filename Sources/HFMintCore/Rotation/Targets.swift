extension RotationMachine {
    /// Checks every sink's target before a secret is made.
    ///
    /// A misspelt target must not be made unasked, and what a wrong target holds must not be overwritten.
    func checkTargets(_ cause: RotationState.Cause) throws(StepFailure) {
        var missing: [String] = []
        var held: [(target: String, value: SharedSecret)] = []
        for sink in definition.sinks {
            let sighting = try sink.look()
            if sighting.presence == .absent, !definition.creatable.contains(sink.target) { missing.append(sink.target) }
            if let value = sighting.value, mustProve(sink, cause) { held.append((sink.target, value)) }
        }
        guard missing.isEmpty else { throw missingTargets(missing) }
        if !provesLate(cause), let attention = try unproven(held) { throw .needsPerson(attention) }
        hasSeenTargets = true
    }

    /// Checks before the first write that the sinks hold a secret of the client, if ``checkTargets(_:)`` has not.
    ///
    /// If the check fails, removes the new secret, and ends the run as if it had not begun: the manifest may be wrong.
    func proveTargetsLate() throws(StepFailure) {
        guard provesLate(state.run.cause), !state.delivery.hasTouchedSinks else { return }
        var held: [(target: String, value: SharedSecret)] = []
        for sink in definition.sinks where mustProve(sink, state.run.cause) {
            if let value = try sink.look().value { held.append((sink.target, value)) }
        }
        guard let attention = try unproven(held) else { return }
        _ = try removeCreated()
        try recorder.record { state in
            let cause = state.run.cause
            state = state.abandoned(keeping: nil)
            state.timetable.wanted = .init(cause: cause, slot: nil)
        }
        throw .needsPerson(attention.reason, "\(attention.message); the new secret, which did, is removed again")
    }

    /// Whether the sinks are checked after the new secret has logged in, and not before it is made.
    ///
    /// The later check tells a wrong target from a wrong log-in, and the issuer's refusals are reported first. It needs
    /// a new secret that can be removed again, and a person who reads the result.
    private func provesLate(_ cause: RotationState.Cause) -> Bool {
        definition.issuer.succession.isSeparate && cause == .now && state.timetable.last == nil
    }

    /// Returns what a person must know if a held value does not log in, or nil if all do.
    private func unproven(_ held: [(target: String, value: SharedSecret)]) throws(StepFailure) -> Attention? {
        var unproven: [String] = []
        // Most sinks hold the same value, and one log-in is enough for it.
        var proven: [SharedSecret] = []
        for sink in held where !proven.contains(where: { $0.secret.holdsSameBytes(as: sink.value.secret) }) {
            if try logsIn(with: sink.value) { proven.append(sink.value) } else { unproven.append(sink.target) }
        }
        guard !unproven.isEmpty else { return nil }
        return Attention(
            .targetUnproven,
            "\(unproven.joined(separator: ", ")): what is there does not log in with the client, so it may be the wrong"
                + " place")
    }

    /// Whether the value that a sink holds must log in before the sink is written.
    ///
    /// A value that the last run delivered is known. When a person supplies a secret, the old one is dead already.
    private func mustProve(_ sink: any Sink, _ cause: RotationState.Cause) -> Bool {
        let isKnown = state.phase == .done && state.delivery[sink.target]?.evidence != nil
        return !isKnown && cause != .supplied && !state.delivery.mayOverwrite.contains(sink.target)
    }

    /// Checks that a target has not gone since the run began: it is not made again unasked.
    func checkIsStillThere(_ sink: any Sink) throws(StepFailure) {
        guard !hasSeenTargets, !definition.creatable.contains(sink.target) else { return }
        guard try sink.look().presence == .absent else { return }
        let failure = missingTargets([sink.target])
        // A leaked secret waits for the target only until its grace ends.
        throw state.deadlines.graceEndsAt == nil ? failure : StepFailure(.refused, failure.message)
    }

    private func missingTargets(_ targets: [String]) -> StepFailure {
        .needsPerson(
            .targetMissing,
            "\(targets.joined(separator: ", ")): nothing is there yet, and only a sink with `create: true` may make it")
    }
}
