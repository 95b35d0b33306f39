internal import Synchronization

/// The records of decisions on their way to the audit log: many that come together share one write.
///
/// A thread that decides must not wait for the disk. So it adds its record here, with what is to be done once that is
/// durable, and decides the next request meanwhile. One thread works: it takes all records that wait, writes them with
/// one append and one flush to the ``AuditTrail``, and calls what each of them asked for.
///
/// ```swift
/// records.add(.request(decision, about: request)) { failure in reply.send(failure == nil ? yes : unavailable) }
/// ```
package final class DecisionRecords: Sendable {
    /// Called with nil when the record is durable, and with the failure if it is not and had to be.
    package typealias Completion = @Sendable (MintError?) -> Void

    private struct Entry: Sendable {
        let event: AuditEvent
        /// Nil if it was called already.
        let then: Completion?
        /// Whether it is none of a decision, and was made to try whether the log can be written again.
        var isTrial = false
    }

    private struct State {
        var waiting: [Entry] = []
        /// How many are being written.
        var underWay = 0
        /// The latch of the thread that works, while it has nothing to do.
        var latch: (any Latch)?
        var isStopped = false
        var trouble: String?
        /// How many records were lost since one was written.
        var lostCount = 0
    }

    /// What becomes of a record, and whom to wake for it.
    private enum Place {
        case taken((any Latch)?)
        case refused(String)
    }

    /// The most records that wait; one more is refused at once.
    package static let most = 16_384

    private let trail: AuditTrail
    private let metrics: ServeMetrics
    private let context: Context
    /// The lock is never held during a write, or while a completion is called.
    private let state = Mutex(State())

    /// - Parameter context: whom to tell that a log which is not required cannot be written.
    package init(_ trail: AuditTrail, metrics: ServeMetrics, in context: Context) {
        self.trail = trail
        self.metrics = metrics
        self.context = context
    }

    /// Whether the manifest names a log, so that it makes sense to make a record.
    package var isRecording: Bool { trail.isRecording }

    /// Whether an answer must wait for its record.
    package var isRequired: Bool { trail.isRequired }

    /// How many records are not written yet.
    package var waitingCount: Int { state.withLock { $0.waiting.count + $0.underWay } }

    /// Why the last write failed, or nil if it did not.
    package var trouble: String? { state.withLock { $0.trouble } }

    /// Adds a record, and never waits.
    ///
    /// - Parameter then: called once. If the log is required, that is when the record is durable, from the thread that
    ///   works; or at once, from this one, with ``MintError/Code/auditUnavailable``, if too many records wait. If the
    ///   log is not required or there is none, that is at once, with nil.
    package func add(_ event: AuditEvent, then: @escaping Completion = { _ in }) {
        guard isRecording else { return then(nil) }
        let mustWait = isRequired
        let entry = Entry(event: event, then: mustWait ? then : nil)
        switch state.withLock({ Self.place(entry, in: &$0) }) {
        case .taken(let latch):
            latch?.open()
            if !mustWait { then(nil) }
        case .refused(let sentence): then(refuse(sentence))
        }
    }

    private static func place(_ entry: Entry, in state: inout State) -> Place {
        guard !state.isStopped else { return .refused("hfmint is ending, and records nothing any more") }
        guard state.waiting.count < most else {
            return .refused("\(most) records wait already, and it is not written as fast as they come")
        }
        state.waiting.append(entry)
        defer { state.latch = nil }
        return .taken(state.latch)
    }

    /// Returns the error of a record that found no place, or tells it if the log is not required.
    private func refuse(_ sentence: String) -> MintError? {
        metrics.recorded(1, .lost)
        guard let settings = trail.settings else { return nil }
        do throws(MintError) {
            try trail.fail(sentence, settings, context)
            return nil
        } catch {
            return error
        }
    }

    /// Writes records as they come; returns after ``stop()``, when none waits any more.
    ///
    /// One thread calls it.
    package func work() {
        while let entries = take() {
            let failure = write(entries)
            state.withLock { $0.underWay = 0 }
            for entry in entries { entry.then?(failure) }
        }
    }

    /// Lets ``work()`` return once it has written what waits; records that come later are refused.
    package func stop() {
        let latch = state.withLock { state in
            state.isStopped = true
            defer { state.latch = nil }
            return state.latch
        }
        latch?.open()
    }

    /// Sends the collector what it has not taken, if the log is not required and nobody waits for that.
    ///
    /// A thread of its own calls it now and then, as a collector may be slow. Records are written meanwhile.
    package func sendToCollector() {
        guard isRecording, !isRequired else { return }
        // A log that is not required makes no errors.
        try? trail.sendRecords(in: context)
    }

    /// Tries to write a log that is required again, if the last write failed; says in it how many records are missing.
    ///
    /// Whoever asks whether hfmint is ready may send no request before it is, so that no other record would come. A
    /// thread of its own calls it now and then, as a collector may be slow.
    package func resume() {
        guard isRequired, trouble != nil else { return }
        // A collector that takes nothing yet must not fill the log with trials.
        guard (try? trail.rehearseRecords(in: context)) != nil else { return }
        let latch = state.withLock { state -> (any Latch)? in
            guard !state.isStopped, state.trouble != nil, state.waiting.isEmpty, state.underWay == 0 else { return nil }
            let event = AuditEvent(.serveResumed, reason: "lost=\(state.lostCount)")
            state.waiting.append(Entry(event: event, then: nil, isTrial: true))
            defer { state.latch = nil }
            return state.latch
        }
        latch?.open()
    }

    /// Waits for records and returns all that are there, or nil after ``stop()``.
    private func take() -> [Entry]? {
        while true {
            let next = state.withLock { state -> (entries: [Entry], latch: (any Latch)?) in
                let entries = state.waiting
                state.waiting = []
                state.underWay = entries.count
                guard entries.isEmpty, !state.isStopped else { return (entries, nil) }
                let latch = context.workers.makeLatch()
                state.latch = latch
                return (entries, latch)
            }
            guard let latch = next.latch else { return next.entries.isEmpty ? nil : next.entries }
            latch.wait()
        }
    }

    /// Returns why records that are required are not durable, or nil.
    private func write(_ entries: [Entry]) -> MintError? {
        let count = entries.count { !$0.isTrial }
        do throws(MintError) {
            let lost = try trail.record(entries.map(\.event), in: context)
            try trail.sendRequiredRecords(in: context)
            end(count, lost.map { "cannot write '\($0.path)': \($0.reason)" })
            return nil
        } catch {
            end(count, error.message)
            return error
        }
    }

    /// Counts what became of records, and says so when the log can be written again.
    private func end(_ count: Int, _ trouble: String?) {
        metrics.recorded(count, trouble == nil ? .written : .lost)
        let isOver = state.withLock { state in
            defer { state.trouble = trouble }
            state.lostCount = trouble == nil ? 0 : state.lostCount + count
            return state.trouble != nil && trouble == nil
        }
        guard isOver else { return }
        context.note("audit: records are written again")
        trail.forgetWhatWasTold()
    }
}
