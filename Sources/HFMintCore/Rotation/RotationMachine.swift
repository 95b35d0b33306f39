/// Takes one rotation forward, step by step, from the phase in its journal.
///
/// Each act records its intent, has its effect, and records its result (``RotationRecorder``). An intent without a
/// result is ambiguous: the issuer or the sink is asked before the act is repeated. ``RetryPolicy`` says when a failed
/// step is tried again, and ``Outbox`` tells endpoints. Only the machine holds the value of the new secret.
final class RotationMachine {
    let definition: RotationDefinition
    let context: Context
    let recorder: RotationRecorder
    let outbox: Outbox
    /// How many seconds a leaked secret may wait for sinks that fail; `nil` waits until all have the new one.
    let grace: Int?
    /// The new secret's value, or nil if this process does not have it.
    var value: SharedSecret?
    /// The secret that a person has made for an issuer without an API.
    var supplied: SharedSecret?
    var logIns = LogInCount()
    /// Whether a sink was seen once to hold something else, which may be a lagging replica.
    var hasSeenChange = false
    /// Whether this process has seen that every target exists.
    var hasSeenTargets = false
    /// The apps whose health is waited for, by the sink's name.
    var watches: [String: SpaceWatch] = [:]

    init(
        _ definition: RotationDefinition, supplied: SharedSecret? = nil, grace: Int? = nil, journal: RotationJournal,
        context: Context
    ) {
        self.definition = definition
        self.context = context
        recorder = RotationRecorder(journal: journal, rotation: definition.name, context: context)
        outbox = Outbox(definition: definition, journal: journal, context: context)
        self.supplied = supplied
        self.grace = grace
    }

    var state: RotationState { recorder.state }

    /// The text beside a secret that proves it ours, if the issuer has room for it.
    var marker: String { "hfmint:\(definition.name):\(state.run.number)" }

    /// What comes after a step.
    enum Next: Equatable {
        /// The next step can be taken now.
        case go
        /// This process takes the same step again after a few seconds.
        case soon(seconds: Int)
        /// This process can do no more.
        case over(Rotations.RunResult.Stop)
    }

    /// Takes one step.
    ///
    /// - Throws: a failure if the journal cannot be written. Then nothing more may be done.
    func step() throws(FileFailure) -> Next {
        // Callbacks do not wait for the step.
        try outbox.flush()
        if let attention = state.attention { return .over(.attention(attention)) }
        let now = context.clock.now()
        if let disagreement = state.disagreement(with: now) {
            guard holdsOnlyCopy else { return .over(.attention(disagreement.attention)) }
            // Somebody set the clock while this process holds the only copy of a value.
            try recorder.journal.record(state.countedAnew(from: now))
            return .go
        }
        if let due = state.nextTry(at: now), value == nil {
            return .over(.retrying(from: due, because: state.retry.reason))
        }
        do throws(StepFailure) {
            return try stepOfPhase()
        } catch {
            return try failed(error)
        }
    }

    private func stepOfPhase() throws(StepFailure) -> Next {
        let overlaps = definition.issuer.succession.overlaps
        return switch state.phase {
        case .idle, .done: .over(.finished)
        case .planned: try overlaps ? create() : announce()
        case .announced: try overlaps ? retire() : create()
        case .created: try verify()
        case .verified: try deliver()
        case .delivered: try overlaps ? announce() : finish()
        case .retired: try finish()
        }
    }

    /// Records that a step failed, and returns when it is tried again.
    func failed(_ failure: StepFailure) throws(FileFailure) -> Next {
        switch failure.kind {
        case .unwritten(let failure): throw failure
        case .needsPerson(let reason): return try stop(Attention(reason, failure.message))
        case .refused: return try stop(Attention(.refused, failure.message))
        case .transient, .ambiguous: break
        }
        let tries = state.retry.failedTries + 1
        let policy = RetryPolicy(hasValue: value != nil, holdsOnlyCopy: holdsOnlyCopy, graceLeft: graceLeft)
        guard let wait = policy.wait(after: failure, tries: tries) else {
            return try stop(Attention(.triesUsedUp, "\(failure.message), \(tries) times"))
        }
        let due = context.clock.now() + wait.seconds
        var state = state
        state.retry = .init(failedTries: tries, dueAt: due, problem: failure.message.shortened(toBytes: 300))
        try recorder.journal.record(state)
        guard wait.isShort else { return .over(.retrying(from: due, because: failure.message)) }
        context.note("\(definition.name): \(failure.message); again in \(wait.seconds) s")
        return .soon(seconds: wait.seconds)
    }

    /// The seconds for which a leaked secret still waits for sinks that fail, or nil if it does not wait.
    private var graceLeft: Int? {
        guard state.phase == .verified || state.phase == .announced, let end = state.deadlines.graceEndsAt
        else { return nil }
        let left = end - context.clock.now()
        return left > 0 ? left : nil
    }

    /// Whether the value would be lost with this process, although a sink may already use it.
    private var holdsOnlyCopy: Bool {
        value != nil && state.delivery.hasTouchedSinks && !definition.issuer.isReadable
    }

    /// Stops the rotation until a person resumes it.
    private func stop(_ attention: Attention) throws(FileFailure) -> Next {
        var state = state
        (state.attention, state.retry.problem) = (attention, nil)
        outbox.add(.rotationAttention, to: &state)
        try recorder.journal.record(state)
        try outbox.flush()
        return .over(.attention(attention))
    }
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
