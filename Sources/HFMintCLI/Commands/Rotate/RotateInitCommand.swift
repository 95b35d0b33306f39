internal import HFMintCore

extension Command {
    package static let rotateInit = Command(
        name: "rotate init",
        summary: "make the journal, and record what each rotation would replace",
        description: [
            "Makes the directory in which rotations are remembered, and asks each issuer which secret is in use now."
                + " Nothing is rotated: a schedule counts from here.",
            "Run it once, on the machine that will rotate; again after a rotation was added to the manifest.",
        ],
        options: Option.rotating,
        examples: [
            Example("once, on the machine that rotates", "hfmint rotate init --manifest /etc/hfmint/hfmint.json5"),
            Example(
                "with a journal on a volume that outlives the job", "hfmint rotate init --journal-dir /data/rotations"),
        ],
        run: { arguments, context throws(MintError) in
            let session = try RotateSession(arguments, context)
            let rotations = try session.rotations(making: true)
            var lines: [String] = []
            var json: [JSONValue] = []
            for definition in session.definitions {
                let state = try rotations.enable(definition)
                lines.append("ready      \(definition.name): \(predecessor(state, definition))")
                json.append(["name": .string(definition.name), "predecessor": .string(state.adopted)])
            }
            return Report(
                lines: ["journal    \(rotations.directory.path)"] + lines.map(\.printable),
                json: ["journal": .string(rotations.directory.path), "rotations": .array(json)])
        })

    private static func predecessor(_ state: RotationState, _ definition: RotationDefinition) -> String {
        if let id = state.last?.id ?? state.adopted { return "replaces \(id) at \(definition.issuer.target)" }
        if case .person = definition.issuer.shape { return "a person makes the new secret; the old one dies then" }
        return
            "nothing will be retired, as several secrets are alive: `hfmint rotate adopt \(definition.name) ID` names one"
    }
}
