/// One rotation as the worker pool runs it.
final class RotationUnit: @unchecked Sendable {
    // `@unchecked`: the pool never calls a unit on two threads at once, and passes it on through a lock. The result is
    // read after the pool has finished.
    private let definition: RotationDefinition
    private let order: Rotations.Order
    private let rotations: Rotations
    private var machine: RotationMachine?
    /// How far the rotation was taken, once nothing more can be done.
    private(set) var result: Rotations.RunResult?

    init(_ definition: RotationDefinition, _ order: Rotations.Order, in rotations: Rotations) {
        self.definition = definition
        self.order = order
        self.rotations = rotations
    }

    /// Takes the rotation one step forward.
    ///
    /// - Returns: how long to wait before the next step, or nil if nothing more can be done.
    func advance() -> Duration? {
        do throws(FileFailure) {
            if machine == nil { try open() }
            guard let machine else { return over(.busy, RotationState()) }
            switch try next(machine) {
            case .go: return .zero
            case .soon(let seconds): return .seconds(seconds)
            case .over(let stop): return over(stop, machine.state)
            }
        } catch {
            let state = machine?.state ?? RotationState()
            guard !error.isUnrecorded else { return over(.unrecorded(error.reason), state) }
            return over(.failed("'\(error.path)': \(error.reason)"), state)
        }
    }

    private func over(_ stop: Rotations.RunResult.Stop, _ state: RotationState) -> Duration? {
        machine = nil
        result = .init(
            name: definition.name, overlaps: definition.issuer.succession.overlaps, stop: stop, state: state)
        return nil
    }

    /// Makes the machine and records the order, unless another process holds the journal.
    private func open() throws(FileFailure) {
        guard let journal = try rotations.openJournal(of: definition.name) else { return }
        let machine = RotationMachine(
            definition, supplied: order.supplied, grace: order.grace, journal: journal, context: rotations.context)
        self.machine = machine
        let state = machine.state.ordered(order, definition, at: rotations.context.clock.now())
        if state != machine.state { try journal.record(state) }
    }

    private func next(_ machine: RotationMachine) throws(FileFailure) -> RotationMachine.Next {
        guard !machine.state.isRunning else {
            guard machine.state.run.definition == definition.digest else { return .over(.attention(.manifestChanged)) }
            let next = try machine.step()
            if next == .over(.finished) { try machine.outbox.flush() }
            return next
        }
        try machine.outbox.flush()
        let state = machine.state
        if let attention = state.attention { return .over(.attention(attention)) }
        if let due = state.nextTry(at: rotations.context.clock.now()) {
            return .over(.retrying(from: due, because: state.retry.reason))
        }
        switch order {
        case .now(let cause, _, _): return try begin(cause, slot: nil, machine)
        case .supplied: return try begin(.supplied, slot: nil, machine)
        case .due: return try beginIfDue(machine)
        }
    }

    private func begin(
        _ cause: RotationState.Cause, slot: Timestamp?, _ machine: RotationMachine
    ) throws(FileFailure) -> RotationMachine.Next {
        // A full disk must be found before a secret is made, as the journal must name it.
        try rotations.directory.checkRoom(
            for: RotationJournal.fileName(definition.name), byteCount: Rotations.mostRecorded)
        return try machine.begin(cause, slot: slot)
    }

    private func beginIfDue(_ machine: RotationMachine) throws(FileFailure) -> RotationMachine.Next {
        let now = rotations.context.clock.now()
        var state = machine.state
        if let disagreement = state.disagreement(with: now) { return .over(.attention(disagreement.attention)) }
        if let wanted = state.timetable.wanted { return try begin(wanted.cause, slot: wanted.slot, machine) }
        guard let schedule = definition.schedule else { return .over(.notDue(until: nil)) }
        guard state.timetable.enabledAt != nil else {
            // The rotation is new to this journal, and its schedule counts from now.
            state.timetable.enabledAt = now
            try machine.recorder.journal.record(state)
            return .over(.notDue(until: schedule.nextSlot(after: now)))
        }
        let anchor = state.timetable.anchor ?? now
        switch schedule.timing(at: now, anchor: anchor, expiry: state.timetable.expiry) {
        case .due(let slot): return try begin(.schedule, slot: slot, machine)
        case .waiting(let until): return .over(.notDue(until: until))
        case .clockWentBack(let last):
            rotations.context.note(
                "\(definition.name): the clock went back behind \(last.rfc3339); nothing is done until it is past")
            return .over(.notDue(until: last))
        }
    }
}

extension RotationState {
    /// Returns the state with what a person's order changes in it.
    fileprivate func ordered(
        _ order: Rotations.Order, _ definition: RotationDefinition, at now: Timestamp
    ) -> RotationState {
        var state = self
        switch order {
        case .due: break
        case .supplied:
            // The secret for which the run stopped has arrived.
            if attention != nil { (state.attention, state.retry) = (nil, .init()) }
        case .now(let cause, let grace, let overwriting):
            if overwriting { state.delivery.mayOverwrite = definition.sinks.map(\.target) }
            guard isRunning else {
                (state.attention, state.retry) = (nil, .init())
                break
            }
            // A person does not wait for the next try.
            state.retry.dueAt = nil
            guard cause == .leaked else { break }
            // The old secret ends now, and no endpoint is asked to agree.
            state.run.cause = .leaked
            state.deadlines.setGrace(grace, at: now)
            if attention?.reason == .notAcknowledged { state.attention = nil }
            // Endpoints that were told of a later end are told again.
            if let end = deadlines.overlapEndsAt, end > now { state.deadlines.overlapEndsAt = nil }
        }
        return state
    }
}
