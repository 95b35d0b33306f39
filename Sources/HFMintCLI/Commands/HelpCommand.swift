internal import HFMintCore

extension Command {
    package static let help = Command(
        name: "help",
        summary: "explain hfmint, or one of its commands",
        operands: "[COMMAND]",
        description: ["Explains hfmint, or the command that is named."],
        options: [],
        examples: [
            Example("what `exchange` takes and does", "hfmint help exchange"),
            Example("the operations of `rotate`", "hfmint help rotate"),
        ],
        run: { arguments, _ throws(MintError) in
            guard let first = arguments.operands.first else { return Report(lines: Help.overview(), json: .null) }
            let name = arguments.operands.joined(separator: " ")
            if let command = allCommands.first(where: { $0.name == name }) {
                return Report(lines: Help.lines(for: command), json: .null)
            }
            if let group = allGroups.first(where: { $0.name == first }) {
                guard arguments.operands.count > 1 else { return Report(lines: Help.lines(for: group), json: .null) }
                throw unknownOperation(arguments.operands[1], of: group)
            }
            guard arguments.operands.count == 1 else {
                throw .usage("help explains one command at a time", hint: "hfmint help \(first)")
            }
            let names = allCommands.filter { $0.group == nil }.map(\.name) + allGroups.map(\.name)
            throw .usage("unknown command '\(name)'", hint: didYouMean(name, among: names) ?? "see `hfmint help`")
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
