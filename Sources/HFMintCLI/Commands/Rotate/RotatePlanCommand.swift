internal import HFMintCore

extension Command {
    package static let rotatePlan = Command(
        name: "rotate plan",
        summary: "show when each rotation comes and what it would do, and change nothing",
        description: [
            "For each rotation: the next times, the client, the order of sinks, whether old and new secret are alive side"
                + " by side and for how long, and if not, why there is a gap. Nothing is asked of any server."
        ],
        options: [.times] + Option.rotating,
        examples: [
            Example("the next five times", "hfmint rotate plan --times 5"),
            Example("what a changed manifest would do", "hfmint rotate plan --manifest $PWD/hfmint.json5"),
        ],
        run: { arguments, context throws(MintError) in
            let session = try RotateSession(arguments, context)
            let count = try arguments.number(.times, in: 1...100) ?? 3
            let now = context.clock.now()
            let rotations = try? session.rotations()
            let plans = session.definitions.map { definition in
                let state = try? rotations?.state(of: definition.name)
                return Plan(definition, state: state ?? RotationState(), count: count, now: now)
            }
            return Report(
                lines: plans.flatMap(\.lines).map(\.printable), json: ["rotations": .array(plans.map(\.json))])
        })
}

extension Option {
    fileprivate static let times = Option("times", "N", help: "how many of the next times to show (default: 3)")
}

private struct Plan {
    private let definition: RotationDefinition
    private let times: [Timestamp]

    init(_ definition: RotationDefinition, state: RotationState, count: Int, now: Timestamp) {
        self.definition = definition
        let anchor = state.last.map { $0.slot ?? $0.at } ?? state.enabledAt ?? now
        times = definition.schedule?.upcoming(count, after: now, anchor: anchor) ?? []
    }

    private var effect: String {
        switch definition.issuer.shape {
        case .separate, .stacked:
            "old and new secret are alive side by side for \(inWords(seconds: definition.overlap)) after every sink has the new one"
        case .replacing:
            "the old secret dies when the new one is made: log-ins fail until \(definition.sinks.count) sinks have it"
        case .person:
            "a person makes the new secret, and the old one dies then: log-ins fail until `rotate supply` is done"
        }
    }

    var lines: [String] {
        let next = times.isEmpty ? ["only when told: `hfmint rotate now \(definition.name)`"] : times.map(\.rfc3339)
        return [
            "\(definition.name)", "  next     \(next.joined(separator: ", "))",
            "  client   \(definition.issuer.target)",
        ]
            + definition.sinks.map { "  sink     \($0.target)\($0.isReadable ? "" : " (cannot be read back)")" }
            + ["  effect   \(effect)"]
    }

    var json: JSONValue {
        [
            "name": .string(definition.name),
            "next": .array(times.map { .string($0.rfc3339) }),
            "client": .string(definition.issuer.target),
            "sinks": .array(definition.sinks.map { .string($0.target) }),
            "overlaps": .bool(definition.issuer.shape.overlaps),
            "overlap_seconds": .integer(definition.issuer.shape.overlaps ? definition.overlap : 0),
        ]
    }
}
