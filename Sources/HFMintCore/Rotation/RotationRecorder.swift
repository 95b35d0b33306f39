/// Records what one rotation intends and what came of it, and tells a person who watches.
struct RotationRecorder {
    let journal: RotationJournal
    let rotation: String
    let context: Context

    var state: RotationState { journal.state }

    /// Changes the state, and waits until the change is durable.
    func record(_ change: (inout RotationState) -> Void) throws(StepFailure) {
        let earlier = state
        var state = earlier
        change(&state)
        do throws(FileFailure) {
            try journal.record(state)
        } catch {
            throw .unwritten(error)
        }
        for line in state.news(since: earlier) { context.progress("\(rotation): \(line)") }
    }

    /// Records the intent to act, acts, and records the result.
    ///
    /// Does not reset the count of failed tries, as a later part of the same step may fail, or take it back.
    ///
    /// - Parameters:
    ///   - intent: changes the state in the same record as the intent.
    ///   - result: changes the state in the same record as the result.
    func act<Result>(
        _ act: RotationState.Act, alsoIntending intent: (inout RotationState) -> Void = { _ in },
        _ effect: () throws(StepFailure) -> Result, result: (inout RotationState, Result) -> Void
    ) throws(StepFailure) {
        try record { state in
            state.pending = act
            intent(&state)
        }
        let made: Result
        do throws(StepFailure) {
            made = try effect()
        } catch {
            // After a transient failure, nothing has happened, or repeating it does no harm. A refusal may answer a
            // repetition, so its intent stays.
            if case .transient = error.kind { try record { $0.pending = nil } }
            throw error
        }
        try record { state in
            state.pending = nil
            result(&state, made)
        }
    }

    /// Enters a phase, and resets the count of failed tries.
    func enter(_ phase: RotationState.Phase, _ change: (inout RotationState) -> Void = { _ in }) throws(StepFailure) {
        try record { state in
            state.phase = phase
            state.retry = .init()
            change(&state)
        }
    }

    /// Replaces the whole journal with `state`.
    func compact(_ state: RotationState) throws(StepFailure) {
        do throws(FileFailure) {
            try journal.compact(state)
        } catch {
            throw .unwritten(error)
        }
    }
}
