internal import HFMintCore

extension Command {
    package static let help = Command(
        name: "help",
        summary: "explain hfmint, or one of its commands",
        operands: "[COMMAND]",
        description: ["Explains hfmint, or the command that is named."],
        options: [],
        examples: [Example("what `exchange` takes and does", "hfmint help exchange")],
        run: { arguments, _ throws(MintError) in
            guard let name = arguments.operands.first else { return Report(lines: Help.overview(), json: .null) }
            guard arguments.operands.count == 1 else {
                throw .usage("help explains one command at a time", hint: "hfmint help \(name)")
            }
            guard let command = allCommands.first(where: { $0.name == name }) else {
                throw .usage(
                    "unknown command '\(name)'",
                    hint: didYouMean(name, among: allCommands.map(\.name)) ?? "see `hfmint help`")
            }
            return Report(lines: Help.lines(for: command), json: .null)
        })

    package static let version = Command(
        name: "--version",
        summary: "print the version",
        description: ["Prints the version."],
        options: [.json],
        examples: [],
        run: { _, _ throws(MintError) in
            Report(lines: ["hfmint \(hfmintVersion)"], json: ["version": .string(hfmintVersion)])
        })
}
