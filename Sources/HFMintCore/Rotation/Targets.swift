extension RotationMachine {
    /// Before a secret is made: a misspelt place must not be made in silence, and whatever lies in a wrong one must not
    /// be overwritten.
    func checkTargets(_ cause: RotationState.Cause) throws(StepFailure) {
        var missing: [String] = []
        var held: [Held] = []
        for sink in definition.sinks {
            let sighting = try look(at: sink)
            if sighting.presence == .absent, !definition.creatable.contains(sink.target) { missing.append(sink.target) }
            if let value = sighting.value, mustProve(sink, cause) {
                held.append(Held(target: sink.target, value: value))
            }
        }
        guard missing.isEmpty else { throw missingTargets(missing) }
        if !provesLate(cause), let attention = try unproven(held) { throw .needsPerson(attention) }
        hasSeenTargets = true
    }

    /// Right before the first write of the first rotation; else ``checkTargets(_:)`` has done it.
    ///
    /// Where it fails, the run ends as if it had not begun: the manifest may be what has to be mended.
    func checkHeld() throws(StepFailure) {
        guard provesLate(state.cause), !state.hasTouchedSinks else { return }
        var held: [Held] = []
        for sink in definition.sinks where mustProve(sink, state.cause) {
            if let value = try look(at: sink).value { held.append(Held(target: sink.target, value: value)) }
        }
        guard let attention = try unproven(held) else { return }
        _ = try removeCreated()
        try record { state in
            let cause = state.cause
            state = state.abandoned(keeping: nil)
            state.wanted = .init(cause: cause, slot: nil)
        }
        throw .needsPerson(attention.reason, "\(attention.message); the new secret, which did, is removed again")
    }

    /// Whether what the sinks hold is proved when a new secret is there already, which has logged in.
    ///
    /// It is the better proof, as it tells a wrong place from a wrong log-in, and what the issuer will not do is said
    /// first. It takes a secret that can be removed again, and a person who reads what comes of it.
    private func provesLate(_ cause: RotationState.Cause) -> Bool {
        guard case .separate = definition.issuer.shape else { return false }
        return cause == .now && state.last == nil
    }

    private struct Held {
        let target: String
        let value: SharedSecret
    }

    private func unproven(_ held: [Held]) throws(StepFailure) -> Attention? {
        var unproven: [String] = []
        // Most sinks hold the same: one log-in is enough for all of them.
        var proven: [SharedSecret] = []
        for sink in held where !proven.contains(where: { $0.secret.holdsSameBytes(as: sink.value.secret) }) {
            if try works(sink.value) { proven.append(sink.value) } else { unproven.append(sink.target) }
        }
        guard !unproven.isEmpty else { return nil }
        return Attention(
            .targetUnproven,
            "\(unproven.joined(separator: ", ")): what is there does not log in with the client, so it may be the wrong"
                + " place")
    }

    /// What the last finished run delivered needs no proof; what a person supplies comes when the old one is dead.
    private func mustProve(_ sink: any Sink, _ cause: RotationState.Cause) -> Bool {
        let isKnown = state.phase == .done && state.evidence(of: sink.target) != nil
        return !isKnown && cause != .supplied && !state.mayOverwrite.contains(sink.target)
    }

    /// A target that went away since the run began is not made again in silence.
    func checkIsStillThere(_ sink: any Sink) throws(StepFailure) {
        guard !hasSeenTargets, !definition.creatable.contains(sink.target) else { return }
        guard try look(at: sink).presence == .absent else { return }
        let failure = missingTargets([sink.target])
        // A leaked secret does not wait for it longer than its grace.
        throw state.graceEndsAt == nil ? failure : StepFailure(.refused, failure.message)
    }

    private func missingTargets(_ targets: [String]) -> StepFailure {
        .needsPerson(
            .targetMissing,
            "\(targets.joined(separator: ", ")): nothing is there yet, and only a sink with `create: true` may make it")
    }
}
