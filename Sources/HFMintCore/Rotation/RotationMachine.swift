/// Drives one rotation forward, from wherever it stopped.
///
/// Every act is an intent, made durable; the effect; and its result, made durable. An intent without a result is
/// ambiguous, and the world is asked before anything is repeated. The value of a new secret lives in this object alone.
package final class RotationMachine {
    let definition: RotationDefinition
    let context: Context
    private let journal: RotationJournal
    /// The new secret's value, as long as this process lives.
    var value: SharedSecret?
    /// What a person has handed over, where the issuer has no API.
    var supplied: SharedSecret?
    /// Log-ins with the new secret that worked, in a row; and those that were refused.
    var logInsInARow = 0
    var refusalsInARow = 0
    /// Whether a sink was seen to hold something else; one sight alone may be a replica's that lags behind.
    var hasSeenChange = false
    /// Whether this process has seen that every target is there.
    var hasSeenTargets = false
    /// For how long a leaked secret may wait for sinks that fail, in seconds; `nil`: until all have the new one.
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

    /// What comes next.
    package enum Progress: Equatable, Sendable {
        /// Another step can be taken now.
        case go
        /// The same step is taken again soon, by this process: a value is in memory, or only a moment is missing.
        case soon(seconds: Int)
        /// Nothing to do before then; another process may take it up.
        case later(Timestamp, because: String)
        /// The last try failed, and the next one is not due before then.
        case retry(Timestamp, because: String)
        case attention(Attention)
        case finished
    }

    /// Takes one step.
    ///
    /// - Throws: where the journal cannot be written: then nothing more may be done.
    package func step() throws(FileFailure) -> Progress {
        // Whoever must be told is told, whatever else has to wait.
        try flushCallbacks()
        if let attention = state.attention { return .attention(attention) }
        let now = context.clock.now()
        if let disagreement = state.disagreement(with: now) {
            guard holdsOnlyCopy else { return .attention(disagreement.attention) }
            // The clock was set while this process holds what nobody could give again.
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

    private func stepOfPhase() throws(StepFailure) -> Progress {
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

    /// Makes a change durable.
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

    /// The intent, durable; the effect; the result, durable.
    ///
    /// That an act succeeded does not begin the count of tries anew: what follows it in the same step may fail, and
    /// what takes a step back must not begin it anew either.
    func act<Result>(
        _ act: RotationState.Act, alsoIntending intent: (inout RotationState) -> Void = { _ in },
        _ effect: () throws(StepFailure) -> Result, result: (inout RotationState, Result) -> Void
    ) throws(StepFailure) {
        try record { state in
            state.pending = act
            intent(&state)
        }
        let outcome: Result
        do throws(StepFailure) {
            outcome = try effect()
        } catch {
            // Where nothing happened there is nothing to ask about. A refusal may be that of a repetition.
            if case .transient = error.kind { try record { $0.pending = nil } }
            throw error
        }
        try record { state in
            state.pending = nil
            result(&state, outcome)
        }
    }

    func move(to phase: RotationState.Phase, _ change: (inout RotationState) -> Void = { _ in }) throws(StepFailure) {
        try record { state in
            state.phase = phase
            state.forgetFailures()
            change(&state)
        }
    }

    // MARK: Failures

    /// The seconds between the tries of one step: first in this process, then by later runs, about a day in all.
    ///
    /// An outage of minutes needs no person.
    package static let waits = [1, 2, 4, 8, 16, 32, 60, 300, 900, 3_600, 14_400, 28_800, 43_200]
    /// The longest that a process itself waits for the next try while it has the new secret's value.
    private static let longestPause = 60
    /// The same where nothing is lost with this process: somebody may be waiting for it.
    private static let longestIdlePause = 8
    /// The same where a server has said when, and the value would be lost with this process.
    private static let longestNamedPause = 3_600

    func failed(_ failure: StepFailure) throws(FileFailure) -> Progress {
        switch failure.kind {
        case .unwritten(let failure): throw failure
        case .needsPerson(let reason): return try stop(Attention(reason, failure.message))
        case .refused: return try stop(Attention(.refused, failure.message))
        case .transient, .ambiguous: break
        }
        let tries = state.attempts + 1
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
        state.attempts = tries
        state.dueAt = due
        state.problem = failure.message.shortened(toBytes: 300)
        try journal.record(state)
        guard wait <= longestPause else { return .retry(due, because: failure.message) }
        context.note("\(definition.name): \(failure.message); again in \(wait) s")
        return .soon(seconds: wait)
    }

    /// The seconds until the sinks that still fail are left behind; `nil` where nothing is waited for in this way.
    ///
    /// Until then they are no reason to give up, and none to come too late.
    private var graceLeft: Int? {
        guard state.phase == .verified || state.phase == .announced, let end = state.graceEndsAt else { return nil }
        let left = end - context.clock.now()
        return left > 0 ? left : nil
    }

    /// Whether to end this process would lose a value that a sink may hold already.
    private var holdsOnlyCopy: Bool { value != nil && state.hasTouchedSinks && !definition.issuer.isReadable }

    func stop(_ attention: Attention) throws(FileFailure) -> Progress {
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
    /// Written beside the new secret where the issuer has room: it proves it ours.
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
    /// A step is done, or begins anew for a person's sake.
    mutating func forgetFailures() { (attempts, dueAt, problem) = (0, nil, nil) }

    /// For a run that comes before the next try is due.
    var reasonToRetry: String { problem ?? "the last try failed" }
}

extension String {
    /// At most so many bytes of UTF-8, cut between two characters.
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
