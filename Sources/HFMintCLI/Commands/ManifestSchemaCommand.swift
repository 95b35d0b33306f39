internal import HFMintCore

extension Command {
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
        run: { _ in Report(lines: [Manifest.schemaText]) })
}
