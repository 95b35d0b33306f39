/// One write to a Space or an endpoint.
struct FleetWrite {
    /// What is written: `secrets.KEY`; several for what one request writes.
    let paths: [String]
    /// What is done, for the audit log: `set secrets.KEY`.
    let words: String
    /// Writes, and returns what shows that it worked; nil if no more than a yes does.
    ///
    /// A transient failure means that a repetition does no harm.
    let perform: () throws(StepFailure) -> String?
}

/// A Space or an endpoint to which a plan is applied, see `SpaceWriter` and `EndpointWriter`.
protocol FleetTarget: AnyObject {
    var resource: String { get }

    /// Reads it again, and returns the writes that the plan has for it.
    func open() throws(StepFailure) -> FleetOpening

    /// Whether a write was sent whose answer was lost, so that the next try finds out whether it was made.
    var isInDoubt: Bool { get }

    /// Looks once whether it has come to rest after the writes.
    func look() throws(StepFailure) -> SpaceHealth.Next

    /// What the last look has seen, in the server's word.
    var stage: String { get }

    /// Returns the writes that restore what it held before `written`, and the paths that nothing restores.
    func restoration(of written: [String]) -> (writes: [FleetWrite], lost: [String])
}

/// What was found right before a target's first write.
enum FleetOpening {
    case ready([FleetWrite])
    /// Nothing is written to it: skipped, or failed if it is not as the plan saw it, or must not be written.
    case over(FleetEvent.Step)
}

/// The turn of one target: it is read, written, and watched until it is healthy; what failed may be restored.
///
/// Each call of ``advance()`` does one thing, so that an interruption finds an end between two writes.
final class FleetTurn: @unchecked Sendable {
    // `@unchecked`: one lane has it, and the outcome is read after the lanes have ended.

    struct Surroundings: Sendable {
        let options: FleetApply.Options
        let audit: FleetAudit
        let context: Context
        let tell: @Sendable (FleetEvent) -> Void
    }

    private enum Phase { case reading, writing, waiting, restoring, waitingRestored }

    let target: any FleetTarget
    private(set) var outcome: FleetOutcome.Turn
    /// A failure after which nothing may be done any more.
    private(set) var unwritten: FileFailure?
    private let apply: Surroundings
    private var phase = Phase.reading
    private var writes: ArraySlice<FleetWrite> = []
    private var tries = 0
    private var beganAt: Uptime?
    private var dueAt: Uptime?
    private var shown: FleetEvent.Step?

    /// How often one call is tried.
    private static let mostTries = 6
    /// The longest time without a look for an interruption.
    private static let pulse = Duration.seconds(1)

    init(_ target: any FleetTarget, wave: Int, planned: [String], _ apply: Surroundings) {
        self.target = target
        self.apply = apply
        outcome = FleetOutcome.Turn(resource: target.resource, wave: wave, left: planned)
    }

    /// Does the next thing.
    ///
    /// - Returns: how long to wait before the next one, or nil if the turn is over.
    func advance() -> Duration? {
        let now = apply.context.clock.uptime()
        if beganAt == nil { beganAt = now }
        if apply.context.interrupts.haveArrived, !target.isInDoubt { return over(.interrupted) }
        if let dueAt, dueAt > now { return min(dueAt - now, Self.pulse) }
        dueAt = nil
        do throws(StepFailure) {
            return try step()
        } catch {
            return failed(error)
        }
    }

    /// Ends the turn before it has begun: nothing is written, for a reason that is no fault.
    func leaveAlone(_ reason: String) { _ = over(.skipped(reason)) }

    private func step() throws(StepFailure) -> Duration? {
        switch phase {
        case .reading:
            switch try target.open() {
            case .over(let end): return over(end)
            case .ready(let writes):
                guard !writes.isEmpty else { return over(.healthy) }
                begin(.writing, writes)
            }
        case .writing, .restoring:
            guard let write = writes.first else {
                if phase == .restoring, outcome.restored.isEmpty {
                    return over(.failed("nothing of it could be put back"))
                }
                phase = phase == .writing ? .waiting : .waitingRestored
                return .zero
            }
            try perform(write)
        case .waiting, .waitingRestored:
            switch try target.look() {
            case .look(let seconds):
                tell(.waiting(stage: target.stage))
                tries = 0
                return wait(.seconds(seconds))
            // A target asks the page itself.
            case .ask: return wait(.seconds(1))
            case .healthy: return over(.healthy)
            case .unhealthy(let reason): return try giveUp(reason)
            }
        }
        return .zero
    }

    private func perform(_ write: FleetWrite) throws(StepFailure) {
        let path = write.paths.joined(separator: ", ")
        tell(phase == .writing ? .writing(path: path) : .restoring(path: path))
        _ = try apply.audit.act(target.resource, write.words, write.perform, proof: { $0 })
        if phase == .writing {
            outcome.written += write.paths
            outcome.left.removeAll(where: write.paths.contains)
        } else {
            outcome.restored += write.paths
            outcome.notRestored.removeAll(where: write.paths.contains)
        }
        writes.removeFirst()
        tries = 0
    }

    /// Waits for another try, or gives up.
    private func failed(_ failure: StepFailure) -> Duration? {
        if case .unwritten(let file) = failure.kind {
            unwritten = file
            return over(.failed(file.reason))
        }
        tries += 1
        let asked = failure.retryAfterSeconds ?? 0
        if case .transient = failure.kind, tries < Self.mostTries, asked <= API.longestWait {
            let seconds = max(asked, 1 << (tries - 1))
            tell(.waiting(stage: "\(failure.clause(of: target.resource)); tries again in \(seconds) s"))
            return wait(.seconds(seconds))
        }
        if phase == .restoring, let write = writes.popFirst() {
            // Each value that is put back leaves less to mend, so that the others are tried too.
            let paths = write.paths.joined(separator: ", ")
            tell(.failed("cannot put \(paths) back: \(failure.clause(of: target.resource))"))
            tries = 0
            return .zero
        }
        do throws(StepFailure) {
            return try giveUp(failure.clause(of: target.resource))
        } catch {
            return failed(error)
        }
    }

    /// Ends a turn that failed, after what can be restored is restored, if the user wants that.
    private func giveUp(_ reason: String) throws(StepFailure) -> Duration? {
        try apply.audit.record(target.resource, reason, .failed)
        guard phase != .waitingRestored else { return over(.failed("it was restored, and: \(reason)")) }
        guard apply.options.rollsBack, !outcome.written.isEmpty else { return over(.failed(reason)) }
        outcome.end = .failed(reason)
        tell(.failed(reason))
        let (writes, lost) = target.restoration(of: outcome.written)
        outcome.notRestored = writes.flatMap(\.paths) + lost
        guard !writes.isEmpty else { return over(.failed("nothing of it can be restored")) }
        begin(.restoring, writes)
        return .zero
    }

    private func begin(_ phase: Phase, _ writes: [FleetWrite]) {
        self.phase = phase
        self.writes = writes[...]
        tries = 0
    }

    private func wait(_ duration: Duration) -> Duration {
        dueAt = apply.context.clock.uptime() + duration
        return min(duration, Self.pulse)
    }

    private func over(_ step: FleetEvent.Step) -> Duration? {
        // Whatever becomes of a restoration does not hide why there was one.
        if !outcome.hasFailed { outcome.end = step }
        tell(step)
        return nil
    }

    private func tell(_ step: FleetEvent.Step) {
        guard step != shown else { return }
        shown = step
        let elapsed = beganAt.map { apply.context.clock.uptime() - $0 } ?? .zero
        apply.tell(FleetEvent(target.resource, step, seconds: elapsed.milliseconds / 1_000))
    }
}
