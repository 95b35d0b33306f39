/// Takes one rotation forward, step by step, from the phase in its journal.
///
/// Each act records its intent, has its effect, and records its result. An intent without a result is ambiguous: the
/// issuer or the sink is asked before the act is repeated. Only this object holds the value of the new secret.
///
/// ```swift
/// let machine = RotationMachine(definition, journal: journal, context: context)
/// if !machine.state.isRunning { _ = try machine.begin(.now) }
/// while try machine.step() == .go {}
/// ```
package final class RotationMachine {
    let definition: RotationDefinition
    let context: Context
    private let journal: RotationJournal
    /// The new secret's value, or nil if this process does not have it.
    var value: SharedSecret?
    /// The secret that a person has made for an issuer without an API.
    var supplied: SharedSecret?
    /// Accepted log-ins with the new secret, in a row.
    var logInsInARow = 0
    /// Refused log-ins with the new secret, in a row.
    var refusalsInARow = 0
    /// Whether a sink was seen once to hold something else, which may be a lagging replica.
    var hasSeenChange = false
    /// Whether this process has seen that every target exists.
    var hasSeenTargets = false
    /// How many seconds a leaked secret may wait for sinks that fail; `nil` waits until all have the new one.
    let grace: Int?

    package init(
        _ definition: RotationDefinition, supplied: SharedSecret? = nil, grace: Int? = nil, journal: RotationJournal,
        context: Context
    ) {
        self.supplied = supplied
        self.grace = grace
        self.definition = definition
        self.journal = journal
        self.context = context
    }

    package var state: RotationState { journal.state }

    /// What comes after a step.
    package enum Next: Equatable, Sendable {
        /// The next step can be taken now.
        case go
        /// This process takes the same step again after a few seconds.
        case soon(seconds: Int)
        /// A later run goes on at this moment.
        case later(Timestamp, because: String)
        /// The step failed, and a later run tries it again at this moment.
        case retry(Timestamp, because: String)
        case attention(Attention)
        case finished
    }

    /// Takes one step.
    ///
    /// - Throws: a failure if the journal cannot be written. Then nothing more may be done.
    package func step() throws(FileFailure) -> Next {
        // Callbacks do not wait for the step.
        try flushCallbacks()
        if let attention = state.attention { return .attention(attention) }
        let now = context.clock.now()
        if let disagreement = state.disagreement(with: now) {
            guard holdsOnlyCopy else { return .attention(disagreement.attention) }
            // Somebody set the clock while this process holds the only copy of a value.
            try journal.record(state.countedAnew(from: now))
            return .go
        }
        if let due = state.nextTry(at: now), value == nil {
            return .retry(due, because: state.reasonToRetry)
        }
        do throws(StepFailure) {
            return try stepOfPhase()
        } catch {
            return try failed(error)
        }
    }

    private func stepOfPhase() throws(StepFailure) -> Next {
        switch state.phase {
        case .idle, .done: .finished
        case .planned where definition.issuer.shape.overlaps: try create()
        case .planned: try announce()
        case .announced where definition.issuer.shape.overlaps: try retire()
        case .announced: try create()
        case .created: try verify()
        case .verified: try deliver()
        case .delivered where definition.issuer.shape.overlaps: try announce()
        case .delivered, .retired: try finish()
        }
    }

    // MARK: Recording

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
        for line in state.news(since: earlier) { context.progress("\(definition.name): \(line)") }
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
            // After a transient failure nothing has happened. A refusal may answer a repetition, so its intent stays.
            if case .transient = error.kind { try record { $0.pending = nil } }
            throw error
        }
        try record { state in
            state.pending = nil
            result(&state, made)
        }
    }

    /// Deletes a secret at the issuer, as an act.
    func delete(
        _ id: String, as deletion: RotationState.Act, result: (inout RotationState) -> Void = { _ in }
    ) throws(StepFailure) {
        try act(deletion) { () throws(StepFailure) in
            try definition.issuer.delete(id)
        } result: { state, _ in
            result(&state)
        }
    }

    /// Enters a phase, and resets the count of failed tries.
    func move(to phase: RotationState.Phase, _ change: (inout RotationState) -> Void = { _ in }) throws(StepFailure) {
        try record { state in
            state.phase = phase
            state.forgetFailures()
            change(&state)
        }
    }

    // MARK: Failures

    /// The seconds between the tries of one step: first by this process, then by later runs, about a day in all.
    package static let waits = [1, 2, 4, 8, 16, 32, 60, 300, 900, 3_600, 14_400, 28_800, 43_200]
    /// The longest that this process waits for the next try while it has the new secret's value, in seconds.
    private static let longestPause = 60
    /// The longest wait, in seconds, of a process that does not have the value: a person may be waiting for its end.
    private static let longestIdlePause = 8
    /// The longest wait, in seconds, of a process with the only copy of the value, if a server says how long to wait.
    private static let longestNamedPause = 3_600

    /// Records that a step failed, and decides when it is tried again.
    func failed(_ failure: StepFailure) throws(FileFailure) -> Next {
        switch failure.kind {
        case .unwritten(let failure): throw failure
        case .needsPerson(let reason): return try stop(Attention(reason, failure.message))
        case .refused: return try stop(Attention(.refused, failure.message))
        case .transient, .ambiguous: break
        }
        let tries = state.failedTries + 1
        let grace = graceLeft
        guard tries <= Self.waits.count || grace != nil else {
            return try stop(Attention(.triesUsedUp, "\(failure.message), \(tries) times"))
        }
        var wait = Self.waits[min(tries, Self.waits.count) - 1]
        if let seconds = failure.retryAfterSeconds { wait = max(wait, min(seconds, 86_400)) }
        if let grace { wait = min(wait, holdsOnlyCopy ? min(grace, Self.longestPause) : grace) }
        let named = holdsOnlyCopy ? min(failure.retryAfterSeconds ?? 0, Self.longestNamedPause) : 0
        let longestPause = max(value == nil ? Self.longestIdlePause : Self.longestPause, named)
        if wait > longestPause, holdsOnlyCopy {
            return try stop(Attention(.triesUsedUp, "\(failure.message), \(tries) times"))
        }
        let due = context.clock.now() + wait
        var state = state
        state.failedTries = tries
        state.dueAt = due
        state.problem = failure.message.shortened(toBytes: 300)
        try journal.record(state)
        guard wait <= longestPause else { return .retry(due, because: failure.message) }
        context.note("\(definition.name): \(failure.message); again in \(wait) s")
        return .soon(seconds: wait)
    }

    /// The seconds for which a leaked secret still waits for sinks that fail, or nil if it does not wait.
    ///
    /// Within them, the number of tries has no limit, and the next try comes before they end.
    private var graceLeft: Int? {
        guard state.phase == .verified || state.phase == .announced, let end = state.graceEndsAt else { return nil }
        let left = end - context.clock.now()
        return left > 0 ? left : nil
    }

    /// Whether the value would be lost with this process, although a sink may already use it.
    private var holdsOnlyCopy: Bool { value != nil && state.hasTouchedSinks && !definition.issuer.isReadable }

    /// Stops the rotation until a person resumes it.
    func stop(_ attention: Attention) throws(FileFailure) -> Next {
        var state = state
        (state.attention, state.problem) = (attention, nil)
        state.events.append(event(.rotationAttention))
        try journal.record(state)
        try flushCallbacks()
        return .attention(attention)
    }

    func sendRecordsFirst() throws(FileFailure) { try journal.sendRecordsFirst() }

    func saveState(_ state: RotationState) throws(FileFailure) { try journal.record(state) }

    func compactState(_ state: RotationState) throws(StepFailure) {
        do throws(FileFailure) {
            try journal.compact(state)
        } catch {
            throw .unwritten(error)
        }
    }
}

extension RotationMachine {
    /// The text beside a secret that proves it ours, if the issuer has room for it.
    var marker: String { "hfmint:\(definition.name):\(state.run)" }

    func sha256(_ secret: borrowing Secret) throws(StepFailure) -> String {
        do throws(MintError) {
            return try context.digests.sha256(secret).hexadecimal
        } catch {
            throw .needsPerson(.libraryMissing, error.message)
        }
    }
}

extension RotationState {
    /// Resets the count of failed tries.
    mutating func forgetFailures() { (failedTries, dueAt, problem) = (0, nil, nil) }

    /// Why the step is to be tried again.
    var reasonToRetry: String { problem ?? "the last try failed" }
}

extension String {
    /// Returns the text, cut to at most `count` bytes of UTF-8.
    fileprivate func shortened(toBytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard text.utf8.count + UTF8.width(scalar) <= count else { break }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
