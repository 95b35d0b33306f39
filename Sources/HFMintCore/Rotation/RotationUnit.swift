/// One rotation as the worker pool runs it.
final class RotationUnit: @unchecked Sendable {
    // `@unchecked`: the pool never calls a unit on two threads at once, and passes it on through a lock.
    private let definition: RotationDefinition
    private let order: Rotations.Order
    private let directory: any PrivateDirectory
    private let audit: AuditTrail
    private let context: Context
    private var machine: RotationMachine?

    enum Advance {
        case again(Duration)
        case over(Rotations.RunResult)
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

    /// Takes the rotation one step forward.
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

    private func over(_ stop: Rotations.RunResult.Stop, _ state: RotationState) -> Advance {
        machine = nil
        return .over(
            .init(name: definition.name, overlaps: definition.issuer.shape.overlaps, stop: stop, state: state))
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
        switch try beginning(machine) {
        case .now(let cause, let slot):
            // A full disk must be found before a secret is made, as the journal must name it.
            try directory.checkRoom(
                for: RotationJournal.fileName(definition.name), byteCount: Rotations.mostRecorded)
            return try follow(machine.begin(cause, slot: slot), machine)
        case .later(let until): return over(.notDue(until: until), machine.state)
        case .disagreement(let disagreement): return over(.attention(disagreement.attention), machine.state)
        }
    }

    /// When a run begins.
    private enum Beginning {
        case now(RotationState.Cause, slot: Timestamp?)
        /// At `until`, or only at a person's order.
        case later(until: Timestamp?)
        /// Clocks disagree, so that nobody can say when.
        case disagreement(ClockDisagreement)
    }

    private func beginning(_ machine: RotationMachine) throws(FileFailure) -> Beginning {
        switch order {
        case .now(let cause, _, _): return .now(cause, slot: nil)
        case .supplied: return .now(.supplied, slot: nil)
        case .due: break
        }
        if let disagreement = machine.state.disagreement(with: context.clock.now()) {
            return .disagreement(disagreement)
        }
        if let wanted = machine.state.wanted { return .now(wanted.cause, slot: wanted.slot) }
        guard let schedule = definition.schedule else { return .later(until: nil) }
        let now = context.clock.now()
        guard let enabledAt = machine.state.enabledAt else {
            // The rotation is new to this journal, and its schedule counts from now.
            var state = machine.state
            state.enabledAt = now
            try machine.saveState(state)
            return .later(until: schedule.nextSlot(after: now))
        }
        let anchor = machine.state.last.map { $0.slot ?? $0.at } ?? enabledAt
        switch schedule.timing(at: now, anchor: anchor, expiry: machine.state.expiry) {
        case .due(let slot): return .now(.schedule, slot: slot)
        case .waiting(let until): return .later(until: until)
        case .clockWentBack(let last):
            context.note(
                "\(definition.name): the clock went back behind \(last.rfc3339); nothing is done until it is past")
            return .later(until: last)
        }
    }

    private func step(_ machine: RotationMachine) throws(FileFailure) -> Advance {
        guard machine.state.definition == definition.digest else {
            return over(.attention(.manifestChanged), machine.state)
        }
        return try follow(machine.step(), machine)
    }

    private func follow(_ next: RotationMachine.Next, _ machine: RotationMachine) throws(FileFailure) -> Advance {
        switch next {
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
    /// - Parameter seconds: how long a leaked secret may wait for sinks that fail; `nil` waits for all of them.
    mutating func setGrace(_ seconds: Int?, at now: Timestamp) {
        (graceEndsAt, graceSetAt) = (seconds.map { now + $0 }, seconds.map { _ in now })
    }

    /// Returns the state with what a person's order changes in it.
    fileprivate func ordered(
        _ order: Rotations.Order, _ definition: RotationDefinition, at now: Timestamp
    ) -> RotationState {
        var state = self
        switch order {
        case .due: break
        case .supplied:
            // The secret for which the run stopped has arrived.
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
            // The old secret ends now, and no endpoint is asked to agree.
            state.cause = .leaked
            state.setGrace(grace, at: now)
            if attention?.reason == .notAcknowledged { state.attention = nil }
            // Endpoints that were told of a later end are told again.
            if let end = overlapEndsAt, end > now { state.overlapEndsAt = nil }
        }
        return state
    }

    /// When the secret in use expires, or nil if that is not known.
    var expiry: Schedule.Expiry? {
        if let last { return last.expiresAt.map { Schedule.Expiry(at: $0, since: last.at) } }
        guard let end = adoptedExpiresAt, let enabledAt else { return nil }
        return Schedule.Expiry(at: end, since: enabledAt)
    }
}
