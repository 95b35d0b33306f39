internal import HFMintCore

extension Command {
    package static let rotateInit = Command(
        name: "rotate init",
        summary: "make the journal, and record what each rotation would replace",
        description: [
            "Makes the directory in which rotations are remembered, and asks each issuer which secret is in use now."
                + " Nothing is rotated: a schedule counts from here.",
            "Each sink is looked at too: whether something is there, and whether what can be read logs in with the client.",
            "Run it once, on the machine that will rotate; again after a rotation was added to the manifest, or to see which"
                + " secrets are alive where there are several.",
        ],
        options: Option.rotating,
        examples: [
            Example("once, on the machine that rotates", "hfmint rotate init --manifest /etc/hfmint/hfmint.json5"),
            Example(
                "with a journal on a volume that outlives the job", "hfmint rotate init --journal-dir /data/rotations"),
        ],
        run: prepare)

    private static func prepare(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let rotations = try session.rotations(making: true)
        let all = try session.definitions.map(rotations.enable)
        let sights = Rotations.sights(session.definitions, loggingIn: true, in: call.context)
        let allUnready = Rotations.unready(session.definitions, rotations, in: call.context)
        var lines: [String] = []
        var json: [JSONValue] = []
        for (definition, enabled) in zip(session.definitions, all) {
            let sinks = sights[definition.name] ?? []
            let unready = allUnready[definition.name] ?? []
            lines.append("ready      \(definition.name): \(predecessor(enabled, definition, session.command))")
            lines += unready.map { "  not ready  \($0)" }
            lines += sinks.map { "  sink     \($0.sink.target): \($0.words(definition, session.command))" }
            json.append([
                "name": .string(definition.name), "predecessor": .string(enabled.predecessor),
                "alive": .strings(enabled.alive),
                "not_ready": .strings(unready),
                "sinks": .array(sinks.map { .object($0.json(definition)) }),
            ])
        }
        return Report(
            lines: ["journal    \(rotations.directory.path)"] + lines.map(\.printable),
            json: ["journal": .string(rotations.directory.path), "rotations": .array(json)])
    }

    private static func predecessor(
        _ enabled: Rotations.Enabled, _ definition: RotationDefinition, _ command: RotateCommandLine
    ) -> String {
        if let id = enabled.predecessor { return "replaces \(id) at \(definition.issuer.target)" }
        if case .person = definition.issuer.succession { return "a person makes the new secret; the old one dies then" }
        if definition.issuer.livesInSinks, enabled.alive.isEmpty {
            return definition.listCount == 0
                ? "overwrites what its sinks hold"
                : "makes the first secret of its \(counted(definition.listCount, "list"))"
        }
        let ids = enabled.alive.joined(separator: ", ")
        return switch enabled.alive.count {
        case 0: "nothing will be retired, as no secret is alive at \(definition.issuer.target)"
        case 1: "\(ids) is another rotation's: `\(command("adopt", definition.name, ids))` takes it over"
        default:
            "nothing will be retired, as several secrets are alive (\(ids)):"
                + " `\(command("adopt", definition.name, "ID"))` names one"
        }
    }
}
