/// Records every step of a rotation: what each line of its journal changes.
///
/// The journal is the one place through which every step, every act and every order of a person goes, so nothing can
/// be done past the log.
package struct RotationAudit: Sendable {
    private let resource: String
    private let audit: AuditTrail
    private let context: Context

    package init(_ rotation: String, in audit: AuditTrail, _ context: Context) {
        resource = "rotation:\(rotation)"
        self.audit = audit
        self.context = context
    }

    /// Before the journal says so: after a crash between the two the same is recorded again, and never left out.
    ///
    /// - Throws: where a record is required and cannot be made; then the step must not be taken.
    func record(_ old: RotationState, _ new: RotationState) throws(FileFailure) {
        guard let settings = audit.settings else { return }
        for (kind, reason) in Self.changes(old, new) {
            do throws(MintError) {
                try audit.record(
                    AuditEvent(kind, resource: resource, decision: Self.outcome(of: kind), reason: reason), in: context)
            } catch {
                throw .unrecorded(error, at: settings)
            }
        }
        if Self.comesFirst(old, new) { try sendFirst() }
    }

    /// Whether the new state must be known elsewhere before it is acted on.
    ///
    /// That is so for an act at an issuer or a sink, and for a run that begins or is given up. What has been done already
    /// is only kept, and goes with what comes next.
    private static func comesFirst(_ old: RotationState, _ new: RotationState) -> Bool {
        (new.pending != nil && new.pending != old.pending) || old.isRunning != new.isRunning && new.phase != .done
    }

    /// Before an act: what is required to be recorded is with the collector.
    ///
    /// - Throws: where it did not take it; then the act must not be done.
    func sendFirst() throws(FileFailure) {
        guard let settings = audit.settings else { return }
        do throws(MintError) {
            try audit.sendRequiredRecords(in: context)
        } catch {
            throw .unrecorded(error, at: settings)
        }
    }

    private static func outcome(of kind: AuditEvent.Kind) -> AuditEvent.Outcome? {
        kind == .rotationFailed || kind == .rotationAttention ? .failed : nil
    }

    static func changes(_ old: RotationState, _ new: RotationState) -> [(AuditEvent.Kind, String)] {
        var changes: [(AuditEvent.Kind, String)] = []
        if old.isRunning, new.phase == .idle, new.wanted == nil {
            changes.append((.rotationIntervened, "run \(new.run) is given up in phase \(old.phase.rawValue)"))
        } else if old.phase != new.phase {
            changes.append((.rotationStep, step(old, new)))
        }
        if let act = new.pending, act != old.pending { changes.append((.rotationAct, "about to \(words(act, new))")) }
        for sink in new.sinks {
            guard let evidence = sink.evidence,
                old.sinks.first(where: { $0.target == sink.target })?.evidence != evidence
            else { continue }
            changes.append(
                (.rotationAct, "\(sink.target) holds \(new.created?.id ?? "the new secret"): \(evidence.words)"))
        }
        changes += overwritten(old, new)
        changes += told(old, new)
        if let evidence = new.deathEvidence, evidence != old.deathEvidence {
            changes.append((.rotationAct, "\(new.predecessor ?? "the old secret") is dead: \(evidence)"))
        }
        if new.attempts > old.attempts {
            changes.append((.rotationFailed, "try \(new.attempts) after phase \(new.phase.rawValue) failed"))
        }
        if let reason = new.attention?.message, reason != old.attention?.message {
            changes.append((.rotationAttention, reason))
        } else if new.attention == nil, old.attention != nil, new.phase == old.phase {
            changes.append((.rotationIntervened, "resumed in phase \(new.phase.rawValue)"))
        }
        if let id = new.adopted, id != old.adopted { changes.append((.rotationIntervened, "replaces \(id) next")) }
        return changes
    }

    private static func step(_ old: RotationState, _ new: RotationState) -> String {
        let step = "run \(new.run): \(old.phase.rawValue) → \(new.phase.rawValue)"
        return switch new.phase {
        case .planned where old.phase == .idle || old.phase == .done:
            "\(step), because: \(new.cause.rawValue); replaces \(new.predecessor ?? "nothing")"
        case .created: "\(step), \(new.created?.id ?? "")"
        case .done: "\(step), \(new.last?.id ?? "") is in use"
        case .idle, .planned, .verified, .delivered, .announced, .retired: step
        }
    }

    private static func words(_ act: RotationState.Act, _ state: RotationState) -> String {
        switch act {
        case .create: "create a secret"
        case .removeCreated: "remove \(state.created?.id ?? "the new secret") again"
        case .write(let sink): "write \(state.created?.id ?? "the new secret") to \(sink)"
        case .deactivate: "deactivate \(state.predecessor ?? "the old secret")"
        case .delete: "delete \(state.predecessor ?? "the old secret")"
        }
    }

    private static func overwritten(_ old: RotationState, _ new: RotationState) -> [(AuditEvent.Kind, String)] {
        let found = new.sinks.filter { sink in
            sink.timesOverwritten > (old.sinks.first { $0.target == sink.target }?.timesOverwritten ?? 0)
        }.map { sink in
            (
                AuditEvent.Kind.rotationFailed,
                "\(sink.target) does not hold \(new.created?.id ?? "the new secret") any more"
            )
        }
        let allowed = new.mayOverwrite.filter { !old.mayOverwrite.contains($0) }.map { target in
            (AuditEvent.Kind.rotationIntervened, "\(target) may be overwritten, whatever it holds")
        }
        return found + allowed
    }

    /// Endpoints by their origin: a path may hold a key.
    private static func told(_ old: RotationState, _ new: RotationState) -> [(AuditEvent.Kind, String)] {
        new.events.flatMap { event in
            let before = old.events.first { $0.id == event.id }
            return event.deliveries.compactMap { delivery -> (AuditEvent.Kind, String)? in
                let status = before?.deliveries.first { $0.url == delivery.url }?.status ?? .pending
                guard delivery.status != status else { return nil }
                let origin = HTTPURL(delivery.url).map { "\($0.origin)" } ?? "an endpoint"
                let kind: AuditEvent.Kind = delivery.status == .waived ? .rotationIntervened : .rotationAct
                return (kind, "\(event.kind.rawValue) to \(origin): \(delivery.status.rawValue)")
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

extension Evidence {
    fileprivate var words: String { detail.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }
}
