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
        package let progress: Progress
        package let state: RotationState

        package enum Progress: Equatable, Sendable {
            case finished
            case notDue(until: Timestamp?)
            case waiting(until: Timestamp, because: String)
            case attention(String)
            /// Another process works on it.
            case busy
            case failed(String)
        }
    }

    /// What a run is for.
    package enum Order: Sendable {
        /// Whatever is due, and whatever is under way.
        case due
        /// These, now, whether or not they are due.
        case now(RotationState.Cause)
        /// This one, to a secret that a person has made.
        case supplied(SharedSecret)

        fileprivate var supplied: SharedSecret? {
            if case .supplied(let secret) = self { secret } else { nil }
        }
    }

    /// Takes each as far as it can go now, side by side.
    package func run(_ names: [String]? = nil, order: Order) -> [Outcome] {
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
        return try RotationJournal.lastState(in: bytes)
    }

    /// Opens the journal of one rotation, and lends it.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if another process holds it.
    package func withJournal<Result>(
        of name: String, _ body: (RotationJournal) throws(MintError) -> Result
    ) throws(MintError) -> Result {
        let journal: RotationJournal
        do throws(FileFailure) {
            guard let file = try directory.openLog(RotationJournal.fileName(name)) else {
                throw FileFailure("\(directory.path)/\(RotationJournal.fileName(name))", "another process works on it")
            }
            journal = try RotationJournal(file, audit: RotationAudit(name, context: context))
        } catch {
            throw .journal(error)
        }
        return try body(journal)
    }
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
            guard let machine else { return try begin() }
            return try step(machine)
        } catch {
            return over(.failed("'\(error.path)': \(error.reason)"), machine?.state ?? RotationState())
        }
    }

    private func over(_ progress: Rotations.Outcome.Progress, _ state: RotationState) -> Advance {
        machine = nil
        return .over(.init(name: definition.name, progress: progress, state: state))
    }

    private func begin() throws(FileFailure) -> Advance {
        guard let file = try directory.openLog(RotationJournal.fileName(definition.name)) else {
            return over(.busy, RotationState())
        }
        let machine = RotationMachine(
            definition, supplied: order.supplied,
            journal: try RotationJournal(file, audit: RotationAudit(definition.name, context: context)),
            context: context)
        self.machine = machine
        if order.supplied != nil, machine.state.attention != nil {
            // What it stopped for has arrived.
            var state = machine.state
            (state.attention, state.attempts) = (nil, 0)
            try machine.saveState(state)
        }
        guard !machine.state.isRunning else { return try step(machine) }
        try machine.flushCallbacks()
        // Stopped before it began; to be told to begin is to be told to look again.
        if let reason = machine.state.attention, case .due = order { return over(.attention(reason), machine.state) }
        switch try cause(machine) {
        case .start(let cause, let slot): return try judge(machine, machine.begin(cause, slot: slot))
        case .not(let until): return over(.notDue(until: until), machine.state)
        }
    }

    private enum Cause {
        case start(RotationState.Cause, slot: Timestamp?)
        case not(until: Timestamp?)
    }

    private func cause(_ machine: RotationMachine) throws(FileFailure) -> Cause {
        switch order {
        case .now(let cause): return .start(cause, slot: nil)
        case .supplied: return .start(.supplied, slot: nil)
        case .due: break
        }
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
        switch schedule.decision(at: now, anchor: anchor, expiresAt: machine.state.last?.expiresAt) {
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
            return over(
                .attention("its definition changed while it is under way; put it back, or `hfmint rotate abandon`"),
                machine.state)
        }
        return try judge(machine, machine.step())
    }

    private func judge(_ machine: RotationMachine, _ progress: RotationMachine.Progress) throws(FileFailure) -> Advance
    {
        switch progress {
        case .go: return .again(.zero)
        case .soon(let seconds): return .again(.seconds(seconds))
        case .later(let moment, let reason): return over(.waiting(until: moment, because: reason), machine.state)
        case .attention(let reason): return over(.attention(reason), machine.state)
        case .finished:
            try machine.flushCallbacks()
            return over(.finished, machine.state)
        }
    }
}
