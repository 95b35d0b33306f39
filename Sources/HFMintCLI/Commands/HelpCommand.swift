internal import HFMintCore

extension Command {
    package static let help = Command(
        name: "help",
        summary: "explain hfmint, or one of its commands",
        operands: "[COMMAND]",
        description: [
            "Explains hfmint, or the command that is named. With --man it prints the manual page, with --json the"
                + " declaration of commands, options and exit statuses, for programs."
        ],
        options: [.man, .json],
        examples: [
            Example("what `exchange` takes and does", "hfmint help exchange"),
            Example("its manual page, where none is installed", "hfmint help exchange --man | man -l -"),
        ],
        run: { arguments, _ throws(MintError) in try explanation(arguments) })

    package static let version = Command(
        name: "--version",
        summary: "print the version",
        description: ["Prints the version."],
        options: [.json],
        examples: [Example("for a script", "hfmint --version --json"), Example("for a report", "hfmint --version")],
        run: { _, _ throws(MintError) in
            Report(lines: ["hfmint \(hfmintVersion)"], json: ["version": .string(hfmintVersion)])
        })

    private static func explanation(_ arguments: Arguments) throws(MintError) -> Report {
        let name = arguments.operands.joined(separator: " ")
        let showsManual = arguments.has(.man)
        guard !name.isEmpty else {
            return Report(lines: showsManual ? ManualPage.overview() : Help.overview(), json: Declaration.json)
        }
        let command = allCommands.first { $0.name == name }
        let group = CommandGroup.all.first { $0.name == command?.firstWord ?? name }
        guard let group, command != nil || group.name == name else { throw unknown(arguments.operands) }
        if showsManual { return Report(lines: ManualPage.page(for: group), json: .null) }
        guard let command else {
            return Report(lines: Help.lines(for: group), json: .array(group.commands.map(Declaration.json)))
        }
        return Report(lines: Help.lines(for: command), json: Declaration.json(command))
    }

    private static func unknown(_ words: [String]) -> MintError {
        let name = words.joined(separator: " ")
        let isCommand = CommandGroup.all.contains { $0.name == words[0] && !$0.hasOperations }
        guard !isCommand else {
            return .usage("help explains one command at a time", hint: "hfmint help \(words[0])")
        }
        let known = allCommands.map(\.name) + CommandGroup.all.map(\.name)
        return .usage("unknown command '\(name)'", hint: didYouMean(name, among: known) ?? "see `hfmint help`")
    }
}

extension Option {
    fileprivate static let man = Option("man", help: "print the manual page, in mdoc, instead")
}
