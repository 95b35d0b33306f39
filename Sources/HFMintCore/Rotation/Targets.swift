extension RotationMachine {
    /// Before a secret is made: a misspelt place must not be made in silence, and whatever lies in a wrong one must not
    /// be overwritten.
    func checkTargets(_ cause: RotationState.Cause) throws(StepError) {
        var missing: [String] = []
        var unproven: [String] = []
        // Most sinks hold the same: one log-in is enough for all of them.
        var proven: [SharedSecret] = []
        for sink in definition.sinks {
            let sighting = try look(at: sink)
            if sighting.presence == .absent, !definition.creatable.contains(sink.target) { missing.append(sink.target) }
            guard let held = sighting.value, mustProve(sink, cause),
                !proven.contains(where: { $0.secret.holdsSameBytes(as: held.secret) })
            else { continue }
            if try works(held) { proven.append(held) } else { unproven.append(sink.target) }
        }
        guard missing.isEmpty else { throw missingTargets(missing) }
        guard unproven.isEmpty else {
            throw .needsPerson(
                .targetUnproven,
                "\(unproven.joined(separator: ", ")): what is there does not log in with the client, so it may be the wrong"
                    + " place")
        }
        hasSeenTargets = true
    }

    /// What the last finished run delivered needs no proof; what a person supplies comes when the old one is dead.
    private func mustProve(_ sink: any Sink, _ cause: RotationState.Cause) -> Bool {
        let isKnown = state.phase == .done && state.evidence(of: sink.target) != nil
        return !isKnown && cause != .supplied && !state.mayOverwrite.contains(sink.target)
    }

    /// A target that went away since the run began is not made again in silence.
    func checkIsStillThere(_ sink: any Sink) throws(StepError) {
        guard !hasSeenTargets, !definition.creatable.contains(sink.target) else { return }
        guard try look(at: sink).presence == .absent else { return }
        let error = missingTargets([sink.target])
        // A leaked secret does not wait for it longer than its grace.
        guard state.graceEndsAt != nil, case .attention(let attention) = error else { throw error }
        throw .step(StepFailure(.refused, attention.message))
    }

    private func missingTargets(_ targets: [String]) -> StepError {
        .needsPerson(
            .targetMissing,
            "\(targets.joined(separator: ", ")): nothing is there yet, and only a sink with `create: true` may make it")
    }
}
