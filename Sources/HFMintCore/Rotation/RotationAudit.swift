/// Writes to the audit log what each line of a rotation's journal changes.
///
/// Every step, every act, and every order of a person goes through the journal, so nothing can bypass the log.
struct RotationAudit: Sendable {
    private let resource: String
    private let audit: AuditTrail
    private let context: Context

    init(_ rotation: String, in audit: AuditTrail, _ context: Context) {
        resource = "rotation:\(rotation)"
        self.audit = audit
        self.context = context
    }

    /// Logs the changes between two states, before the journal records the new one.
    ///
    /// After a crash between the two, the same changes are logged again.
    ///
    /// - Throws: a failure if a required record cannot be made. Then the step must not be taken.
    func record(_ old: RotationState, _ new: RotationState) throws(FileFailure) {
        guard let settings = audit.settings else { return }
        for change in Self.changes(old, new) {
            do throws(MintError) {
                try audit.record(
                    AuditEvent(
                        change.kind, resource: resource, decision: Self.verdict(of: change.kind), reason: change.reason),
                    in: context)
            } catch {
                throw .unrecorded(error, at: settings)
            }
        }
        if Self.comesFirst(old, new) { try sendFirst() }
    }

    /// Whether the log must have reached its collector before the new state is acted on.
    ///
    /// That is so for an act at an issuer or a sink, and for a run that begins or is given up. Other changes are sent
    /// with the next one.
    private static func comesFirst(_ old: RotationState, _ new: RotationState) -> Bool {
        (new.pending != nil && new.pending != old.pending) || old.isRunning != new.isRunning && new.phase != .done
    }

    /// Sends the required records to the collector, before an act.
    ///
    /// - Throws: a failure if the collector did not take them. Then the act must not be done.
    func sendFirst() throws(FileFailure) {
        guard let settings = audit.settings else { return }
        do throws(MintError) {
            try audit.sendRequiredRecords(in: context)
        } catch {
            throw .unrecorded(error, at: settings)
        }
    }

    private static func verdict(of kind: AuditEvent.Kind) -> AuditEvent.Verdict? {
        kind == .rotationFailed || kind == .rotationAttention ? .failed : nil
    }

    private struct Change {
        let kind: AuditEvent.Kind
        let reason: String
    }

    private static func changes(_ old: RotationState, _ new: RotationState) -> [Change] {
        var changes: [Change] = []
        func add(_ kind: AuditEvent.Kind, _ reason: String) { changes.append(Change(kind: kind, reason: reason)) }
        let made = new.successor?.id ?? "the new secret"
        if old.isRunning, new.phase == .idle, new.timetable.wanted == nil {
            add(.rotationIntervened, "run \(new.run.number) is given up in phase \(old.phase.rawValue)")
        } else if old.phase != new.phase {
            add(.rotationStep, step(old, new))
        }
        if let act = new.pending, act != old.pending { add(.rotationAct, "about to \(words(act, new))") }
        for sink in new.delivery.sinks {
            guard let evidence = sink.evidence, old.delivery[sink.target]?.evidence != evidence else { continue }
            add(.rotationAct, "\(sink.target) holds \(made): \(evidence.words)")
        }
        for sink in new.delivery.sinks where sink.isAdded && old.delivery[sink.target]?.isAdded != true {
            add(.rotationAct, "\(sink.target) accepts \(made), and does not use it yet")
        }
        for sink in new.overwrittenSinks(since: old) {
            add(.rotationFailed, "\(sink.target) does not hold \(made) any more")
        }
        for target in new.delivery.mayOverwrite where !old.delivery.mayOverwrite.contains(target) {
            add(.rotationIntervened, "\(target) may be overwritten, whatever it holds")
        }
        changes += notices(old, new)
        if let proof = new.predecessor.deathProof, proof != old.predecessor.deathProof {
            add(.rotationAct, "\(new.predecessor.id ?? "the old secret") is dead: \(proof)")
        }
        if new.retry.failedTries > old.retry.failedTries {
            add(.rotationFailed, "try \(new.retry.failedTries) after phase \(new.phase.rawValue) failed")
        }
        if let reason = new.attention?.message, reason != old.attention?.message {
            add(.rotationAttention, reason)
        } else if new.attention == nil, old.attention != nil, new.phase == old.phase {
            add(.rotationIntervened, "resumed in phase \(new.phase.rawValue)")
        }
        if let id = new.timetable.adopted, id != old.timetable.adopted {
            add(.rotationIntervened, "replaces \(id) next")
        }
        return changes
    }

    private static func step(_ old: RotationState, _ new: RotationState) -> String {
        let step = "run \(new.run.number): \(old.phase.rawValue) → \(new.phase.rawValue)"
        return switch new.phase {
        case .planned where old.phase == .idle || old.phase == .done:
            "\(step), because: \(new.run.cause.rawValue); replaces \(new.predecessor.id ?? "nothing")"
        case .created: "\(step), \(new.successor?.id ?? "")"
        case .done: "\(step), \(new.timetable.last?.id ?? "") is in use"
        case .idle, .planned, .verified, .delivered, .announced, .retired: step
        }
    }

    private static func words(_ act: RotationState.Act, _ state: RotationState) -> String {
        let made = state.successor?.id ?? "the new secret"
        let old = state.predecessor.id ?? "the old secret"
        return switch act {
        case .create: "create a secret"
        case .removeCreated: "remove \(made) again"
        case .write(let sink): "write \(made) to \(sink)"
        case .deactivate: "deactivate \(old)"
        case .delete: "delete \(old)"
        }
    }

    /// Names endpoints by their origin only, as a path may hold a key.
    private static func notices(_ old: RotationState, _ new: RotationState) -> [Change] {
        new.told.events.flatMap { event in
            let before = old.told.events.first { $0.id == event.id }
            return event.deliveries.compactMap { delivery -> Change? in
                let status = before?.deliveries.first { $0.url == delivery.url }?.status ?? .pending
                guard delivery.status != status else { return nil }
                let origin = HTTPURL(delivery.url).map { "\($0.origin)" } ?? "an endpoint"
                let kind: AuditEvent.Kind = delivery.status == .waived ? .rotationIntervened : .rotationAct
                return Change(kind: kind, reason: "\(event.kind.rawValue) to \(origin): \(delivery.status.rawValue)")
            }
        }
    }
}

extension FileFailure {
    fileprivate static func unrecorded(_ error: MintError, at settings: AuditTrail.Settings) -> FileFailure {
        var failure = FileFailure(settings.file ?? "audit", error.message)
        failure.isUnrecorded = true
        return failure
    }
}
