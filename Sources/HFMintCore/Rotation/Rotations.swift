internal import Synchronization

/// All rotations of a manifest, with the directory that remembers them.
package struct Rotations: Sendable {
    package let definitions: [RotationDefinition]
    package let directory: any PrivateDirectory
    let context: Context

    package init(_ definitions: [RotationDefinition], in directory: any PrivateDirectory, context: Context) {
        self.definitions = definitions
        self.directory = directory
        self.context = context
    }

    /// How one rotation fared in this run of hfmint.
    package struct Outcome: Sendable {
        package let name: String
        /// Whether old and new secret were alive side by side.
        package let overlaps: Bool
        package let progress: Progress
        package let state: RotationState

        package enum Progress: Equatable, Sendable {
            case finished
            case notDue(until: Timestamp?)
            case waiting(until: Timestamp, because: String)
            /// A try failed; the next one is for a later run.
            case retrying(from: Timestamp, because: String)
            case attention(Attention)
            /// Another process works on it.
            case busy
            case failed(String)
            /// What comes next must be recorded first, and could not be: it waits.
            case unrecorded(String)
        }
    }

    /// What a run is for.
    package enum Order: Sendable {
        /// Whatever is due, and whatever is under way.
        case due
        /// These, now, whether or not they are due.
        ///
        /// A leaked secret may wait `grace` seconds at the most for sinks that fail; `nil`: for all of them. With
        /// `overwriting`, what the sinks hold may be lost, whatever it is.
        case now(RotationState.Cause, grace: Int? = nil, overwriting: Bool = false)
        /// This one, to a secret that a person has made.
        case supplied(SharedSecret)

        fileprivate var supplied: SharedSecret? {
            if case .supplied(let secret) = self { secret } else { nil }
        }

        fileprivate var grace: Int? {
            if case .now(_, let grace, _) = self { grace } else { nil }
        }
    }

    /// Takes each as far as it can go now, side by side.
    package func run(_ names: [String]? = nil, order: Order) -> [Outcome] {
        context.audit.act()
        let chosen = definitions.filter { names?.contains($0.name) ?? true }
        let outcomes = Mutex<[String: Outcome]>([:])
        let units = chosen.map { definition in
            let unit = RotationUnit(definition, order: order, directory: directory, context: context)
            return { @Sendable () -> Duration? in
                switch unit.advance() {
                case .again(let wait): return wait
                case .over(let outcome):
                    outcomes.withLock { $0[definition.name] = outcome }
                    return nil
                }
            }
        }
        context.workers.run(units)
        let done = outcomes.withLock { $0 }
        return chosen.compactMap { done[$0.name] }
    }

    /// The state of one rotation, whoever holds it.
    package func state(of name: String) throws(FileFailure) -> RotationState {
        let fileName = RotationJournal.fileName(name)
        guard let bytes = try directory.read(fileName, limit: 64 << 20)?.reveal({ $0.bytes }) else {
            return RotationState()
        }
        return try RotationJournal.lastState(in: bytes, at: directory.journalPath(of: name))
    }

    /// Rotations that this journal knows to be under way, or about to begin, and that are not among the definitions.
    package var forgotten: [RotationState.Named] {
        let known = Set(definitions.map { RotationJournal.fileName($0.name) })
        return directory.names.filter { !known.contains($0) }.compactMap { fileName in
            guard let name = RotationJournal.rotation(ofFile: fileName), let state = try? state(of: name),
                state.isRunning || state.wanted != nil
            else { return nil }
            return RotationState.Named(name: name, state: state)
        }
    }

    /// Opens the journal of one rotation, and lends it.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if another process holds it.
    package func withJournal<Result>(
        of name: String, _ body: (RotationJournal) throws(MintError) -> Result
    ) throws(MintError) -> Result {
        context.audit.act()
        let journal: RotationJournal
        do throws(FileFailure) {
            guard let file = try directory.openLog(RotationJournal.fileName(name)) else {
                throw FileFailure(directory.journalPath(of: name), "another process works on it")
            }
            journal = try RotationJournal(
                file, at: directory.journalPath(of: name), audit: RotationAudit(name, context: context))
        } catch {
            throw .journal(error)
        }
        return try body(journal)
    }
}

extension PrivateDirectory {
    fileprivate func journalPath(of rotation: String) -> String { "\(path)/\(RotationJournal.fileName(rotation))" }
}

/// One rotation in the hands of the pool: one thread at a time.
private final class RotationUnit: @unchecked Sendable {
    // `@unchecked`: the pool never calls a unit twice at once, and hands it on through a lock.
    private let definition: RotationDefinition
    private let order: Rotations.Order
    private let directory: any PrivateDirectory
    private let context: Context
    private var machine: RotationMachine?

    enum Advance {
        case again(Duration)
        case over(Rotations.Outcome)
    }

    init(
        _ definition: RotationDefinition, order: Rotations.Order, directory: any PrivateDirectory, context: Context
    ) {
        self.definition = definition
        self.order = order
        self.directory = directory
        self.context = context
    }

    func advance() -> Advance {
        do throws(FileFailure) {
            guard let machine else { return try open() }
            return try goOn(machine)
        } catch {
            let state = machine?.state ?? RotationState()
            guard !error.isUnrecorded else { return over(.unrecorded(error.reason), state) }
            return over(.failed("'\(error.path)': \(error.reason)"), state)
        }
    }

    private func over(_ progress: Rotations.Outcome.Progress, _ state: RotationState) -> Advance {
        machine = nil
        return .over(
            .init(
                name: definition.name, overlaps: definition.issuer.shape.overlaps, progress: progress, state: state))
    }

    private func open() throws(FileFailure) -> Advance {
        guard let file = try directory.openLog(RotationJournal.fileName(definition.name)) else {
            return over(.busy, RotationState())
        }
        let machine = RotationMachine(
            definition, supplied: order.supplied, grace: order.grace,
            journal: try RotationJournal(
                file, at: directory.journalPath(of: definition.name),
                audit: RotationAudit(definition.name, context: context)),
            context: context)
        self.machine = machine
        let state = machine.state.ordered(order, definition, at: context.clock.now())
        if state != machine.state { try machine.saveState(state) }
        return try goOn(machine)
    }

    private func goOn(_ machine: RotationMachine) throws(FileFailure) -> Advance {
        guard !machine.state.isRunning else { return try step(machine) }
        try machine.flushCallbacks()
        let state = machine.state
        if let attention = state.attention { return over(.attention(attention), state) }
        if let due = state.nextTry(at: context.clock.now()) {
            return over(.retrying(from: due, because: state.reasonToRetry), state)
        }
        switch try cause(machine) {
        case .start(let cause, let slot): return try judge(machine, machine.begin(cause, slot: slot))
        case .not(let until): return over(.notDue(until: until), machine.state)
        case .disagreement(let disagreement): return over(.attention(disagreement.attention), machine.state)
        }
    }

    private enum Cause {
        case start(RotationState.Cause, slot: Timestamp?)
        case not(until: Timestamp?)
        /// Nobody can say when it is due.
        case disagreement(ClockDisagreement)
    }

    private func cause(_ machine: RotationMachine) throws(FileFailure) -> Cause {
        switch order {
        case .now(let cause, _, _): return .start(cause, slot: nil)
        case .supplied: return .start(.supplied, slot: nil)
        case .due: break
        }
        if let disagreement = machine.state.disagreement(with: context.clock.now()) {
            return .disagreement(disagreement)
        }
        if let wanted = machine.state.wanted { return .start(wanted.cause, slot: wanted.slot) }
        guard let schedule = definition.schedule else { return .not(until: nil) }
        let now = context.clock.now()
        guard let enabledAt = machine.state.enabledAt else {
            // A rotation that is new to this journal: its schedule counts from now.
            var state = machine.state
            state.enabledAt = now
            try machine.saveState(state)
            return .not(until: schedule.nextSlot(after: now))
        }
        let anchor = machine.state.last.map { $0.slot ?? $0.at } ?? enabledAt
        switch schedule.decision(at: now, anchor: anchor, expiry: machine.state.expiry) {
        case .due(let slot): return .start(.schedule, slot: slot)
        case .waiting(let until): return .not(until: until)
        case .clockWentBack(let last):
            context.note(
                "\(definition.name): the clock went back behind \(last.rfc3339); nothing is done until it is past")
            return .not(until: last)
        }
    }

    private func step(_ machine: RotationMachine) throws(FileFailure) -> Advance {
        guard machine.state.definition == definition.digest else {
            return over(.attention(.manifestChanged), machine.state)
        }
        return try judge(machine, machine.step())
    }

    private func judge(_ machine: RotationMachine, _ progress: RotationMachine.Progress) throws(FileFailure) -> Advance
    {
        switch progress {
        case .go: return .again(.zero)
        case .soon(let seconds): return .again(.seconds(seconds))
        case .later(let moment, let reason): return over(.waiting(until: moment, because: reason), machine.state)
        case .retry(let moment, let reason): return over(.retrying(from: moment, because: reason), machine.state)
        case .attention(let attention): return over(.attention(attention), machine.state)
        case .finished:
            try machine.flushCallbacks()
            return over(.finished, machine.state)
        }
    }
}

extension RotationState {
    /// - Parameter seconds: that a leaked secret may wait for sinks that fail; `nil`: until all have the new one.
    mutating func setGrace(_ seconds: Int?, at now: Timestamp) {
        (graceEndsAt, graceSetAt) = (seconds.map { now + $0 }, seconds.map { _ in now })
    }

    /// With what a person's order says about a run that is under way, or stopped.
    fileprivate func ordered(
        _ order: Rotations.Order, _ definition: RotationDefinition, at now: Timestamp
    ) -> RotationState {
        var state = self
        switch order {
        case .due: break
        case .supplied:
            // What it stopped for has arrived.
            if attention != nil {
                state.attention = nil
                state.forgetFailures()
            }
        case .now(let cause, let grace, let overwriting):
            if overwriting { state.mayOverwrite = definition.sinks.map(\.target) }
            guard isRunning else {
                state.attention = nil
                state.forgetFailures()
                break
            }
            // A person does not wait for the next try.
            state.dueAt = nil
            guard cause == .leaked else { break }
            // The old secret's time is over now; nobody is asked any more.
            state.cause = .leaked
            state.setGrace(grace, at: now)
            if attention?.reason == .notAcknowledged { state.attention = nil }
            // Whoever was told of a later end is told again.
            if let end = overlapEndsAt, end > now { state.overlapEndsAt = nil }
        }
        return state
    }

    /// When the secret in use expires, and since when it is in use.
    var expiry: Schedule.Expiry? {
        if let last { return last.expiresAt.map { Schedule.Expiry(at: $0, since: last.at) } }
        guard let end = adoptedExpiresAt, let enabledAt else { return nil }
        return Schedule.Expiry(at: end, since: enabledAt)
    }
}
