/// Writes to the audit log what each line of a rotation's journal changes.
///
/// Every step, every act, and every order of a person goes through the journal, so nothing can bypass the log.
package struct RotationAudit: Sendable {
    private let resource: String
    private let audit: AuditTrail
    private let context: Context

    package init(_ rotation: String, in audit: AuditTrail, _ context: Context) {
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

        init(_ kind: AuditEvent.Kind, _ reason: String) {
            self.kind = kind
            self.reason = reason
        }
    }

    private static func changes(_ old: RotationState, _ new: RotationState) -> [Change] {
        var changes: [Change] = []
        if old.isRunning, new.phase == .idle, new.wanted == nil {
            changes.append(.init(.rotationIntervened, "run \(new.run) is given up in phase \(old.phase.rawValue)"))
        } else if old.phase != new.phase {
            changes.append(.init(.rotationStep, step(old, new)))
        }
        if let act = new.pending, act != old.pending {
            changes.append(.init(.rotationAct, "about to \(words(act, new))"))
        }
        for sink in new.sinks {
            guard let evidence = sink.evidence, old.evidence(of: sink.target) != evidence else { continue }
            changes.append(
                .init(.rotationAct, "\(sink.target) holds \(new.created?.id ?? "the new secret"): \(evidence.words)"))
        }
        changes += overwritten(old, new)
        changes += deliveries(old, new)
        if let proof = new.deathProof, proof != old.deathProof {
            changes.append(.init(.rotationAct, "\(new.predecessor ?? "the old secret") is dead: \(proof)"))
        }
        if new.failedTries > old.failedTries {
            changes.append(.init(.rotationFailed, "try \(new.failedTries) after phase \(new.phase.rawValue) failed"))
        }
        if let reason = new.attention?.message, reason != old.attention?.message {
            changes.append(.init(.rotationAttention, reason))
        } else if new.attention == nil, old.attention != nil, new.phase == old.phase {
            changes.append(.init(.rotationIntervened, "resumed in phase \(new.phase.rawValue)"))
        }
        if let id = new.adopted, id != old.adopted { changes.append(.init(.rotationIntervened, "replaces \(id) next")) }
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

    private static func overwritten(_ old: RotationState, _ new: RotationState) -> [Change] {
        let found = new.overwrittenSinks(since: old).map { sink in
            Change(.rotationFailed, "\(sink.target) does not hold \(new.created?.id ?? "the new secret") any more")
        }
        let allowed = new.mayOverwrite.filter { !old.mayOverwrite.contains($0) }.map { target in
            Change(.rotationIntervened, "\(target) may be overwritten, whatever it holds")
        }
        return found + allowed
    }

    /// Names endpoints by their origin only, as a path may hold a key.
    private static func deliveries(_ old: RotationState, _ new: RotationState) -> [Change] {
        new.events.flatMap { event in
            let before = old.events.first { $0.id == event.id }
            return event.deliveries.compactMap { delivery -> Change? in
                let status = before?.deliveries.first { $0.url == delivery.url }?.status ?? .pending
                guard delivery.status != status else { return nil }
                let origin = HTTPURL(delivery.url).map { "\($0.origin)" } ?? "an endpoint"
                let kind: AuditEvent.Kind = delivery.status == .waived ? .rotationIntervened : .rotationAct
                return Change(kind, "\(event.kind.rawValue) to \(origin): \(delivery.status.rawValue)")
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
