internal import HFMintCore

extension Command {
    package static let manifestCheck = Command(
        name: "manifest check",
        summary: "check a manifest, and name every mistake in it",
        description: ["Reads the manifest as every other command would, and asks no server."],
        options: [.manifest] + Option.reporting,
        examples: [
            Example("in a pull request", "hfmint manifest check --manifest hfmint.json5"),
            Example("every mistake, for a script", "hfmint manifest check --manifest hfmint.json5 --json"),
        ],
        run: { arguments, context throws(MintError) in
            let path = try manifestPath(arguments, context)
            let rotations = try Manifest(at: path, in: context).rotations(in: context)
            return Report(
                lines: [
                    "'\(path.printable)' is fine: \(rotations.count) \(rotations.count == 1 ? "rotation" : "rotations")"
                ],
                json: ["manifest": .string(path), "rotations": .array(rotations.map { .string($0.name) })])
        })

    package static let manifestSchema = Command(
        name: "manifest schema",
        summary: "print the JSON Schema of a manifest",
        description: [
            "Prints the JSON Schema (2020-12) of everything that a manifest may say, for editors and reviews."
        ],
        options: [],
        examples: [
            Example("for an editor", "hfmint manifest schema > hfmint.schema.json"),
            Example("in a repository's checks", "hfmint manifest schema | diff - hfmint.schema.json"),
        ],
        run: { _, _ throws(MintError) in
            Report(text: [.text(Manifest.schemaText + "\n")], json: .null)
        })
}
