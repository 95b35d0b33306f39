internal import HFMintCore

extension Command {
    package static let rotateStatus = Command(
        name: "rotate status",
        summary: "show how far each rotation has come, and what needs a person",
        description: [
            "Reads the journal, and asks no server. With --prometheus the same goes into a text file for the"
                + " node exporter's textfile collector: a file of its own, or stdout (`-`).",
            "With --check issuers and sinks are looked at too, and nothing is changed, not even the journal: exit 6 where one"
                + " is not as it was left (a deploy has put an old secret back, a secret is gone), 3 where one refuses, 4"
                + " where one is away. For a timer that watches.",
        ],
        options: [.check, .prometheus] + Option.rotating,
        examples: [
            Example("what needs me?", "hfmint rotate status"),
            Example("has anybody overwritten a sink?", "hfmint rotate status --check"),
            Example("for monitoring", "hfmint rotate status --prometheus /var/lib/node_exporter/hfmint.prom"),
        ],
        run: status)

    private static func status(_ call: Call) throws(MintError) -> Report {
        let metrics = try PrometheusTarget(call.arguments)
        let session = try RotateSession(call, asksServers: call.arguments.has(.check))
        let rotations = try session.rotations()
        let inspections = call.arguments.has(.check) ? rotations.inspections() : [:]
        var rows: [RotationStatus] = []
        var failures: [MintError] = []
        for definition in session.definitions {
            // A journal that cannot be read does not hide the other rotations.
            do throws(FileFailure) {
                let row = RotationStatus(
                    definition: definition, state: try rotations.state(of: definition.name),
                    inspection: inspections[definition.name], now: call.context.clock.now(), command: session.command)
                rows.append(row)
                failures += row.failures
            } catch {
                failures.append(.damagedJournal("cannot use the journal '\(error.path)': \(error.reason)"))
            }
        }
        let forgotten = rotations.forgotten()
        session.noteForgotten(forgotten)
        try metrics?.write(rows, in: call.context)
        let isEmpty = session.definitions.isEmpty
        let lines = isEmpty ? ["the manifest has no rotations"] : rows.flatMap(\.lines).map(\.printable)
        return Report(
            text: metrics?.isStdout == true ? [.text(prometheusText(rows))] : lines.map { .text("\($0)\n") },
            json: [
                "rotations": .array(rows.map(\.json)),
                "not_in_manifest": .strings(forgotten.map(\.name)),
            ], failures: failures)
    }
}

extension Option {
    fileprivate static let check = Option("check", help: "look at issuers and sinks too; exit 6 on drift")
}

/// How far one rotation has come.
struct RotationStatus {
    let definition: RotationDefinition
    let state: RotationState
    /// What was seen at issuer and sinks; `nil` without `--check`.
    let inspection: Inspection?
    let now: Timestamp
    let command: RotateCommandLine

    var name: String { definition.name }

    /// When the next run begins; `nil` without a schedule.
    var nextDue: Timestamp? { definition.nextRuns(1, after: state, at: now).first }

    /// Why a person is needed; `nil` if none is.
    var attention: Attention? {
        let isChanged = state.isRunning && state.run.definition != definition.digest
        return isChanged ? .manifestChanged : state.attention ?? state.disagreement(with: now)?.attention
    }

    /// By how many seconds the journal is ahead of this machine's clock, if that stops the rotation; else 0.
    var clockLead: Int { state.disagreement(with: now)?.lead ?? 0 }

    /// When the secret was last rotated, but no later than now, as its age is counted from this.
    var lastSuccess: Timestamp? { state.age(at: now).map { now + -$0 } }

    /// The notices that have not been delivered.
    var undelivered: [CallbackEvent.Delivery] {
        state.told.events.flatMap(\.deliveries).filter { $0.status == .pending || $0.status == .failed }
    }

    private var phaseInWords: String {
        let age = state.age(at: now).map { "the secret is \(inWords(seconds: $0)) old" } ?? "never rotated"
        return state.phase == .idle ? age : "\(state.phase.rawValue), \(age)"
    }

    var lines: [String] {
        var lines = ["\(name): \(phaseInWords)"]
        if let attention {
            lines.append("  attention  \(attention.message) [\(attention.reason.rawValue)]")
            lines.append("  to do      \(attention.hint(for: name, command))")
        }
        if let due = state.nextTry(at: now) {
            let problem = state.retry.problem.map { ": \($0)" } ?? ""
            lines.append("  attempts   \(state.retry.failedTries) failed, again from \(due.rfc3339)\(problem)")
        }
        if let nextDue { lines.append("  next       \(nextDue > now ? nextDue.rfc3339 : "now: `\(command("run"))`")") }
        lines += state.delivery.sinks.map { "  sink       \($0.target): \(confirmation(of: $0))" }
        if let start = usedFrom { lines.append("  in use     from \(start.rfc3339)") }
        if let end = overlapEnd { lines.append("  overlap    until \(end.rfc3339)") }
        if let proof = state.predecessor.deathProof { lines.append("  old one    \(words(proof))") }
        if !state.ids.strangers.isEmpty {
            lines.append("  not ours   \(state.ids.strangers.joined(separator: ", ")): left alone")
        }
        if !undelivered.isEmpty {
            let problem = undelivered.compactMap(\.problem).last.map { ": \($0)" } ?? ""
            lines.append("  callbacks  \(undelivered.count) not delivered yet\(problem)")
        }
        lines += state.told.closedEndpoints.map { "  callbacks  closed by a 410: \($0)" }
        return lines + (inspection?.lines ?? [])
    }

    private func confirmation(of sink: RotationState.Delivery.Sink) -> String {
        guard let evidence = sink.evidence else {
            return sink.isAdded ? "accepts the new secret, and does not use it yet" : "not yet"
        }
        return evidence.words + (showsChange(sink) == false ? "; does not show when others overwrite it" : "")
    }

    /// Returns whether a sink shows that others overwrote it; nil if it is not in the manifest any more.
    private func showsChange(_ sink: RotationState.Delivery.Sink) -> Bool? {
        guard let defined = definition.sinks.first(where: { $0.target == sink.target }) else { return nil }
        return sink.evidence.map { defined.showsChange(since: $0) } ?? defined.showsChange
    }

    /// The errors that ``inspection`` found.
    var failures: [MintError] { inspection?.errors(for: name, isRunning: state.isRunning, command) ?? [] }

    /// From when a new secret is used that every list accepts already, or nil.
    private var usedFrom: Timestamp? { state.phase == .verified ? state.deadlines.usedFrom : nil }

    /// Until when old and new secret both live; `nil` if they do not.
    private var overlapEnd: Timestamp? {
        definition.issuer.succession.overlaps && state.phase == .delivered ? state.deadlines.overlapEndsAt : nil
    }

    /// Returns what the evidence of an old secret's death shows.
    private func words(_ proof: String) -> String {
        switch proof {
        case "refused": "dead: a log-in with it was refused"
        case "listed" where definition.issuer.livesInSinks: "dead: no list holds it any more"
        case "listed": "dead: the issuer lists it as gone"
        case "accepted": "the issuer accepted its removal; nothing shows that it is dead"
        default: proof
        }
    }

    var json: JSONValue {
        [
            "name": .string(name),
            "phase": .string(state.phase.rawValue),
            "attempts": .integer(state.retry.failedTries),
            "retry_at": .string(state.nextTry(at: now)?.rfc3339),
            "problem": .string(state.retry.problem),
            "attention": .string(attention?.message),
            "attention_reason": .string(attention?.reason.rawValue),
            "last_rotated_at": .string(state.timetable.last?.at.rfc3339),
            "age_seconds": state.age(at: now).map { .integer($0) } ?? .null,
            "current_id": .string(state.timetable.last?.id),
            "expires_at": .string(state.timetable.last?.expiresAt?.rfc3339),
            "next_due_at": .string(nextDue?.rfc3339),
            "used_from": .string(usedFrom?.rfc3339),
            "overlap_ends_at": .string(overlapEnd?.rfc3339),
            "death_evidence": .string(state.predecessor.deathProof),
            "not_ours": .strings(state.ids.strangers),
            "sinks": .array(
                state.delivery.sinks.map { sink in
                    [
                        "target": .string(sink.target), "evidence": .string(sink.evidence?.kind.rawValue),
                        "detail": .string(sink.evidence?.detail),
                        "shows_change": showsChange(sink).map { .bool($0) } ?? .null,
                        "times_overwritten": .integer(sink.timesOverwritten),
                    ]
                }),
            "callbacks_not_delivered": .integer(undelivered.count),
            "check": inspection?.json ?? .null,
        ]
    }
}
