internal import HFMintCore

extension Command {
    package static let rotatePlan = Command(
        name: "rotate plan",
        summary: "show when each rotation comes and what it would do, and change nothing",
        description: [
            "For each rotation: the next times, the client, the steps in their order, whether old and new secret are alive"
                + " side by side, and if not, how long the gap is and why. Each sink is looked at, to see whether something is"
                + " there, and what would stop the rotation before it begins is listed as `not ready`; neither that nor a"
                + " server that is away is an error."
        ],
        options: [.times] + Option.rotating,
        examples: [
            Example("the next five times", "hfmint rotate plan --times 5"),
            Example("what a changed manifest would do", "hfmint rotate plan --manifest $PWD/hfmint.json5"),
        ],
        run: plan)

    private static func plan(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let count = try call.arguments.number(.times, in: 1...100) ?? 3
        let now = call.context.clock.now()
        let rotations = try? session.rotations()
        let sights = Rotations.sights(session.definitions, loggingIn: false, in: call.context)
        let unready = Rotations.unready(session.definitions, rotations, in: call.context)
        let plans = session.definitions.map { definition in
            let state = (try? rotations?.state(of: definition.name)) ?? RotationState()
            return RotationPlan(
                definition: definition, sinks: sights[definition.name] ?? [], unready: unready[definition.name] ?? [],
                state: state, next: definition.nextRuns(count, after: state, at: now), now: now,
                command: session.command)
        }
        let advice = rotations == nil ? ["", "there is no journal yet: `\(session.command("init"))` makes it"] : []
        return Report(
            lines: plans.flatMap(\.lines).map(\.printable) + advice,
            json: ["rotations": .array(plans.map(\.json)), "has_journal": .bool(rotations != nil)])
    }
}

extension Option {
    fileprivate static let times = Option("times", "N", help: "how many of the next times to show (default: 3)")
}

/// What one rotation would do, and when.
private struct RotationPlan {
    let definition: RotationDefinition
    let sinks: [Inspection.SinkSight]
    /// What would stop the rotation before it begins.
    let unready: [String]
    let state: RotationState
    let next: [Timestamp]
    let now: Timestamp
    let command: RotateCommandLine

    private var logIns: Int { definition.verifier?.neededLogIns ?? 0 }
    private var sinkCount: Int { definition.sinks.count }

    /// How many seconds no sink has a secret that works, at a second for each request; `nil` if a person sets the pace.
    private var gap: Int? {
        switch definition.issuer.succession {
        case .separate, .stacked: 0
        case .replacing: 1 + logIns + sinkCount
        case .person: nil
        }
    }

    /// The name of the issuer's shape in the documentation, and what becomes of the old secret.
    private var shape: (name: String, meaning: String) {
        switch definition.issuer.succession {
        case .separate: ("separate", "the old secret lives on until it is removed")
        case .stacked: ("stacked", "the issuer keeps the old secret for a time of its own")
        case .replacing where definition.issuer.livesInSinks:
            ("replacing", "each sink loses the old secret when it gets the new one")
        case .replacing: ("replacing", "the old secret dies when the new one is made")
        case .person: ("person", "somebody makes the new secret, and the old one dies then")
        }
    }

    private var gapInWords: String {
        let work = "\(counted(logIns, "log-in")) and \(counted(sinkCount, "write")), at a second each"
        return switch definition.issuer.succession {
        case .separate, .stacked: "none: both are alive for \(inWords(seconds: definition.overlap)) and more"
        case .replacing: "about \(inWords(seconds: gap ?? 0)): \(work); longer while a sink is away"
        case .person: "from the button until `\(command("supply", definition.name))` is done: \(work)"
        }
    }

    private var steps: [String] {
        let asked = definition.callbacks.count { $0.mustAcknowledge }
        let tell = definition.callbacks.isEmpty ? [] : ["tell \(counted(definition.callbacks.count, "endpoint"))"]
        let agree = asked == 0 ? [] : ["wait until \(counted(asked, "endpoint")) \(asked == 1 ? "agrees" : "agree")"]
        let logIn = logIns == 0 ? [] : ["log in \(counted(logIns, "time")) in a row"]
        let lead = definition.lead == 0 ? [] : ["wait \(inWords(seconds: definition.lead))"]
        let introduce =
            definition.listCount == 0 ? [] : ["add it to \(counted(definition.listCount, "list"))"] + lead
        let deliver = logIn + introduce + ["write \(counted(sinkCount, "sink"))"]
        return switch definition.issuer.succession {
        case .separate, .stacked:
            ["make a secret"] + deliver + tell + agree
                + ["wait \(inWords(seconds: definition.overlap))", "retire the old secret"]
        case .replacing:
            tell + agree + [definition.issuer.livesInSinks ? "make a secret" : "replace the secret"] + deliver
        case .person: tell + agree + ["ask a person for the new secret"] + deliver
        }
    }

    private var nextInWords: String {
        guard let first = next.first else { return "only when told: `\(command("now", definition.name))`" }
        let start = first > now ? first.rfc3339 : "now: `\(command("run"))`"
        return ([start] + next.dropFirst().map(\.rfc3339)).joined(separator: ", ")
    }

    /// What may go wrong without a sign of it.
    private var warnings: [String] {
        guard definition.verifier == nil, !definition.issuer.livesInSinks else { return [] }
        return ["no 'verify': no log-in is tried, so a new secret that opens nothing would reach every sink"]
    }

    var lines: [String] {
        var lines = [definition.name]
        if let attention = state.disagreement(with: now)?.attention {
            lines += ["  warning  \(attention.message)", "  to do    \(attention.hint(for: definition.name, command))"]
        }
        if state.isRunning { lines.append("  running  \(state.phase.rawValue); see `\(command("status"))`") }
        lines += ["  next     \(nextInWords)", "  client   \(definition.issuer.target)"]
        lines += sinks.map { "  sink     \($0.sink.target)\($0.planNotes(definition))" }
        lines += unready.map { "  not ready  \($0)" }
        lines += definition.callbacks.map { "  tells    \($0.url)\($0.mustAcknowledge ? " (must agree)" : "")" }
        lines += warnings.map { "  warning  \($0)" }
        return lines + [
            "  shape    \(shape.name): \(shape.meaning)", "  gap      \(gapInWords)",
            "  steps    \(steps.joined(separator: ", "))",
        ]
    }

    var json: JSONValue {
        [
            "name": .string(definition.name),
            "phase": .string(state.phase.rawValue),
            "next": .array(next.map { .string($0.rfc3339) }),
            "client": .string(definition.issuer.target),
            "shape": .string(shape.name),
            "sinks": .array(
                sinks.map { sight in
                    .object([.init("readable", .bool(sight.sink.isReadable))] + sight.json(definition))
                }),
            "callbacks": .array(
                definition.callbacks.map {
                    ["url": .string($0.url.description), "must_agree": .bool($0.mustAcknowledge)]
                }),
            "overlap_seconds": definition.issuer.succession.overlaps ? .integer(definition.overlap) : .null,
            "gap_seconds": gap.map { .integer($0) } ?? .null,
            "steps": .strings(steps),
            "not_ready": .strings(unready),
            "warnings": .strings(warnings),
        ]
    }
}
