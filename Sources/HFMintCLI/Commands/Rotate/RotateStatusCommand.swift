internal import HFMintCore

extension Command {
    package static let rotateStatus = Command(
        name: "rotate status",
        summary: "show how far each rotation has come, and what needs a person",
        description: [
            "Reads the journal, and asks no server. With --prometheus the same goes into a text file for the"
                + " node exporter's textfile collector."
        ],
        options: [.prometheus] + Option.rotating,
        examples: [
            Example("what needs me?", "hfmint rotate status"),
            Example("for monitoring", "hfmint rotate status --prometheus /var/lib/node_exporter/hfmint.prom"),
        ],
        run: { arguments, context throws(MintError) in
            let session = try RotateSession(arguments, context)
            let rotations = try session.rotations()
            var rows: [StatusRow] = []
            for definition in session.definitions { rows.append(try StatusRow(definition, rotations, context)) }
            if let path = arguments.value(.prometheus) { try StatusRow.write(rows, to: path, context) }
            return Report(
                lines: rows.flatMap(\.lines).map(\.printable), json: ["rotations": .array(rows.map(\.json))])
        })
}

extension Option {
    fileprivate static let prometheus = Option("prometheus", "PATH", help: "write the metrics to this file too")
}

private struct StatusRow {
    private let name: String
    private let state: RotationState
    private let nextDue: Timestamp?
    private let now: Timestamp

    init(_ definition: RotationDefinition, _ rotations: Rotations, _ context: Context) throws(MintError) {
        name = definition.name
        now = context.clock.now()
        do throws(FileFailure) {
            state = try rotations.state(of: definition.name)
        } catch {
            throw MintError(.stateUnusable, "cannot use the journal '\(error.path)': \(error.reason)")
        }
        let anchor = state.last.map { $0.slot ?? $0.at } ?? state.enabledAt
        nextDue = anchor.flatMap { definition.schedule?.nextSlot(after: $0) }
    }

    private var age: String { state.last.map { "\(inWords(seconds: now - $0.at)) old" } ?? "never rotated" }

    var lines: [String] {
        var lines = ["\(name): \(state.phase.rawValue), \(age)\(nextDue.map { ", next \($0.rfc3339)" } ?? "")"]
        if let attention = state.attention {
            lines.append("  attention  \(attention.message) [\(attention.reason.rawValue)]")
        }
        if let due = state.dueAt { lines.append("  attempts   \(state.attempts) failed, again from \(due.rfc3339)") }
        if state.isRunning {
            lines += state.sinks.map { "  sink       \($0.target): \($0.evidence?.kind.rawValue ?? "not yet")" }
            if let end = state.overlapEndsAt { lines.append("  overlap    until \(end.rfc3339)") }
        }
        if let evidence = state.deathEvidence { lines.append("  old secret dead: \(evidence)") }
        if !state.strangers.isEmpty {
            lines.append("  not ours   \(state.strangers.joined(separator: ", ")): left alone")
        }
        let untold = state.events.flatMap(\.deliveries).filter { $0.status == .pending || $0.status == .failed }
        if !untold.isEmpty {
            let problem = untold.compactMap(\.problem).last.map { ": \($0)" } ?? ""
            lines.append("  callbacks  \(untold.count) not delivered yet\(problem)")
        }
        lines += state.closedEndpoints.map { "  callbacks  closed by a 410: \($0)" }
        return lines
    }

    var json: JSONValue {
        [
            "name": .string(name), "phase": .string(state.phase.rawValue), "attempts": .integer(state.attempts),
            "attention": .string(state.attention?.message),
            "attention_reason": .string(state.attention?.reason.rawValue),
            "last_rotated_at": .string(state.last?.at.rfc3339),
            "current_id": .string(state.last?.id), "expires_at": .string(state.last?.expiresAt?.rfc3339),
            "next_due_at": .string(nextDue?.rfc3339), "overlap_ends_at": .string(state.overlapEndsAt?.rfc3339),
            "death_evidence": .string(state.deathEvidence), "not_ours": .array(state.strangers.map { .string($0) }),
            "sinks": .array(
                state.sinks.map { ["target": .string($0.target), "evidence": .string($0.evidence?.kind.rawValue)] }),
        ]
    }

    /// The text format of <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    static func write(_ rows: [StatusRow], to path: String, _ context: Context) throws(MintError) {
        let metrics: [(name: String, help: String, value: (StatusRow) -> Int?)] = [
            (
                "hfmint_rotation_last_success_timestamp_seconds", "When the secret was last rotated.",
                { $0.state.last?.at.secondsSince1970 }
            ),
            ("hfmint_rotation_next_due_timestamp_seconds", "When the secret is due.", { $0.nextDue?.secondsSince1970 }),
            ("hfmint_rotation_attempts", "Failed tries of the present step.", { $0.state.attempts }),
            ("hfmint_rotation_attention", "Whether a person is needed.", { $0.state.attention == nil ? 0 : 1 }),
            ("hfmint_rotation_running", "Whether a rotation is under way.", { $0.state.isRunning ? 1 : 0 }),
        ]
        let text = metrics.map { metric in
            let samples = rows.compactMap { row in
                metric.value(row).map { "\(metric.name){rotation=\"\(row.name)\"} \($0)\n" }
            }
            return "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) gauge\n" + samples.joined()
        }
        do throws(FileFailure) {
            try context.files.replacePublicFile(path, with: text.joined())
        } catch {
            throw MintError(.stateUnusable, "cannot write '\(error.path)': \(error.reason)")
        }
    }
}
