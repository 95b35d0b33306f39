/// One rotation in the hands of the pool: one thread at a time.
final class RotationUnit: @unchecked Sendable {
    // `@unchecked`: the pool never calls a unit twice at once, and hands it on through a lock.
    private let definition: RotationDefinition
    private let order: Rotations.Order
    private let directory: any PrivateDirectory
    private let audit: AuditTrail
    private let context: Context
    private var machine: RotationMachine?

    enum Advance {
        case again(Duration)
        case over(Rotations.Outcome)
    }

    init(
        _ definition: RotationDefinition, order: Rotations.Order, directory: any PrivateDirectory, audit: AuditTrail,
        context: Context
    ) {
        self.definition = definition
        self.order = order
        self.directory = directory
        self.audit = audit
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
                audit: RotationAudit(definition.name, in: audit, context)),
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
        case .start(let cause, let slot):
            // A full disk must not be found when a secret has been made that it should name.
            try directory.checkRoom(
                for: RotationJournal.fileName(definition.name), byteCount: Rotations.mostRecorded)
            return try judge(machine, machine.begin(cause, slot: slot))
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
