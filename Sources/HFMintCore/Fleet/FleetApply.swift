internal import Synchronization

/// Applies a plan: wave after wave, a few Spaces and endpoints at a time, each healthy before the next.
///
/// A plan is refused as a whole if anything moved since it was made, or if a secret that it needs cannot be read; then
/// nothing is written. Each target is read once more right before its writes. The Hub has no compare-and-set, so that
/// between this look and a write somebody else can still write, and the last writer wins.
///
/// A ``FleetTurn`` does the work of one target, by a ``SpaceWriter`` or an ``EndpointWriter``, of which each gets what
/// it needs from ``FleetWork``. A failure stops the wave and all later ones: what is being worked on comes to its end,
/// and nothing new begins.
///
/// ```swift
/// let apply = try FleetApply(saved, of: fleet, options: options, in: directory, audit: audit, context: context)
/// let outcome = try apply.run(reading: { try planNow() }, telling: { progress.tell($0) })
/// ```
package struct FleetApply: Sendable {
    package struct Options: Sendable {
        /// The wave of the plan that alone is applied, from 1; nil for all.
        package var wave: Int?
        /// Whether what the plan says is deleted.
        package var prunes = false
        /// The most deletions; nil for what the manifest says.
        package var maxDeletes: Int?
        /// Whether a Space that is paused is written to, which may wake it.
        package var touchesPaused = false
        /// Whether what can be read is restored where a write or the health fails.
        package var rollsBack = false
        /// Whether all is one wave in which nothing waits for the health of anything else.
        package var ignoresOrder = false

        package init() {}
    }

    private let plan: FleetPlan
    private let fleet: FleetDefinition
    private let options: Options
    private let record: FleetRecord
    private let audit: FleetAudit
    private let context: Context

    /// Takes the record of this machine, which no other apply can take meanwhile.
    ///
    /// - Parameter directory: where this machine remembers its writes; nil if it remembers nothing.
    /// - Throws: ``MintError/Code/stateUnusable``, also if another process on this machine applies a plan.
    package init(
        _ plan: FleetPlan, of fleet: FleetDefinition, options: Options, in directory: (any PrivateDirectory)?,
        audit trail: AuditTrail, context: Context
    ) throws(MintError) {
        self.plan = plan
        self.fleet = fleet
        self.options = options
        self.context = context
        audit = FleetAudit(trail, context)
        trail.beginActing()
        do throws(FileFailure) {
            record =
                if let directory {
                    try FleetRecord(writing: directory, endpoint: plan.endpoint)
                } else {
                    try FleetRecord(reading: nil, endpoint: plan.endpoint)
                }
        } catch {
            throw MintError(
                .stateUnusable, "cannot use '\(error.path)': \(error.reason)",
                hint: "one apply at a time on one machine; name another directory only for another fleet")
        }
    }

    /// Applies the plan.
    ///
    /// - Parameters:
    ///   - planNow: reads everything, and plans it anew; nil if that was just done.
    ///   - tell: called from several threads.
    /// - Returns: what was done, also if something failed.
    /// - Throws: why nothing was done: ``MintError/Code/planStale`` with a line for each thing that moved,
    ///   ``MintError/Code/stateUnusable`` for secrets that cannot be read, ``MintError/Code/serviceUnavailable``
    ///   outside the window.
    package func run(
        reading planNow: (() throws(MintError) -> FleetPlan)?, telling tell: @escaping @Sendable (FleetEvent) -> Void
    ) throws(MintError) -> FleetOutcome {
        try fleet.checkWindow(at: context.clock.now())
        try checkDeletes()
        let waves = try chosenWaves()
        let work = try FleetWork(plan, fleet, options, record, context)
        if let planNow { try refuseIfStale(try planNow()) }
        context.interrupts.hold()
        let surroundings = FleetTurn.Surroundings(options: options, audit: audit, context: context, tell: tell)
        let turns: [[FleetTurn]] = waves.map { wave in
            wave.resources.compactMap { resource -> FleetTurn? in
                let changes = work.changes(of: resource)
                guard !changes.isEmpty, let target = work.target(resource, changes) else { return nil }
                tell(FleetEvent(resource, .planned(wave: wave.number, changes: changes.count)))
                return FleetTurn(target, wave: wave.number, planned: changes.map(\.path), surroundings)
            }
        }
        let stop = takeTurns(of: turns, work)
        return FleetOutcome(turns.joined().map(\.outcome), stop)
    }

    private func refuseIfStale(_ fresh: FleetPlan) throws(MintError) {
        var moved = plan.staleness(against: fresh)
        // The manifest is the same, so that only a file that somebody else wrote has another order.
        if moved.isEmpty, plan.waves != fresh.waves { moved = ["the waves: the plan has another order"] }
        if let error = FleetPlan.stale(moved) { throw error }
    }

    private func checkDeletes() throws(MintError) {
        let deletes = plan.changes.filter { $0.step == .prune }
        let most = options.maxDeletes ?? fleet.maxDeletes
        guard options.prunes, !deletes.isEmpty else { return }
        guard !plan.isPartial else {
            throw MintError(
                .planStale, "nothing is deleted after a partial reading", details: plan.unreadable,
                hint: "apply without --prune, or plan when everything can be read")
        }
        guard deletes.count <= most else {
            throw MintError(
                .planStale, "the plan deletes \(deletes.count), and \(most) may be", details: deletes.map(\.name),
                hint: "see that this is meant, and say --max-deletes \(deletes.count)")
        }
    }

    /// Returns the waves that are applied, each with its number in the plan.
    private func chosenWaves() throws(MintError) -> [(number: Int, resources: [String])] {
        let all = plan.waves.enumerated().map { (number: $0 + 1, resources: $1) }
        var chosen = all
        if let number = options.wave {
            guard all.indices.contains(number - 1) else {
                throw .usage("there is no wave \(number)", hint: "the plan has \(all.count)")
            }
            let earlier = Set(all[..<(number - 1)].flatMap(\.resources))
            if !options.ignoresOrder, let open = plan.changes.first(where: { earlier.contains($0.resource) }) {
                throw MintError(
                    .planStale, "a wave before wave \(number) has changes: \(open.name)",
                    hint: "apply that one first, or say --ignore-order")
            }
            chosen = [all[number - 1]]
        }
        guard options.ignoresOrder else { return chosen }
        return [(chosen.first?.number ?? 1, chosen.flatMap(\.resources))]
    }
}

// MARK: Waves

extension FleetApply {
    /// Takes one wave after the other, and returns why it stopped before the last one, or nil.
    private func takeTurns(of waves: [[FleetTurn]], _ work: FleetWork) -> FleetOutcome.Stop? {
        for (index, planned) in waves.enumerated() where !planned.isEmpty {
            let wave = leavingAlone(planned, after: waves[..<index].joined(), work)
            if wave.isEmpty { continue }
            let now = context.clock.now()
            if index > 0, let window = fleet.window, !window.isOpen(at: now) {
                return .windowClosed(until: window.nextOpening(after: now))
            }
            let queue = FleetQueue(wave, context.interrupts, stopsAtFailure: !options.ignoresOrder)
            context.workers.run((0..<min(max(fleet.maxUnavailable, 1), wave.count)).map { _ in queue.makeLane() })
            if let failure = wave.lazy.compactMap(\.unwritten).first { return .unwritten(failure) }
            if context.interrupts.haveArrived {
                // One that arrives when all is done ends nothing.
                return waves.joined().contains { !$0.outcome.hasEnded } ? .interrupted : nil
            }
            if wave.contains(where: \.outcome.hasFailed), !options.ignoresOrder { return nil }
        }
        return nil
    }

    /// Ends the turns of those that come after something which was left alone, and returns the others.
    private func leavingAlone(
        _ wave: [FleetTurn], after earlier: some Sequence<FleetTurn>, _ work: FleetWork
    ) -> [FleetTurn] {
        guard !options.ignoresOrder else { return wave }
        let left = Set(earlier.filter(\.outcome.isLeftAlone).map(\.outcome.resource))
        guard !left.isEmpty else { return wave }
        return wave.filter { turn in
            guard let first = work.first(of: left, before: turn.outcome.resource) else { return true }
            turn.leaveAlone("it comes after \(first), which was left alone")
            return false
        }
    }
}

/// The turns of a wave that nobody has taken.
private final class FleetQueue: Sendable {
    private let waiting: Mutex<ArraySlice<FleetTurn>>
    private let interrupts: any Interrupts
    private let stopsAtFailure: Bool

    init(_ turns: [FleetTurn], _ interrupts: any Interrupts, stopsAtFailure: Bool) {
        waiting = Mutex(turns[...])
        self.interrupts = interrupts
        self.stopsAtFailure = stopsAtFailure
    }

    /// Makes a place in which a turn is taken: there are as many as targets may be unavailable at once.
    ///
    /// Each call does the next thing of its turn, or takes another turn; nil if there is none.
    func makeLane() -> @Sendable () -> Duration? {
        let taken = Mutex<FleetTurn?>(nil)
        return {
            guard let turn = taken.withLock({ $0 }) ?? self.next() else { return nil }
            let wait = turn.advance()
            if wait == nil { self.ended(turn) }
            taken.withLock { $0 = wait == nil ? nil : turn }
            return wait ?? .zero
        }
    }

    private func next() -> FleetTurn? { interrupts.haveArrived ? nil : waiting.withLock { $0.popFirst() } }

    /// Leaves what nobody has taken, after a turn that failed.
    private func ended(_ turn: FleetTurn) {
        let stops = turn.unwritten != nil || turn.outcome.hasFailed && stopsAtFailure
        if stops { waiting.withLock { $0 = [] } }
    }
}
