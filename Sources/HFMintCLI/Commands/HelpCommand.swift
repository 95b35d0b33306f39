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
            Example("the operations of `rotate`", "hfmint help rotate"),
            Example("what to do when a rotation was refused", "hfmint help rotate runbook refused"),
            Example("the manual page, where none is installed", "hfmint help exchange --man | man -l -"),
        ],
        run: explanation)

    package static let version = Command(
        name: "--version",
        summary: "print the version",
        description: ["Prints the version."],
        options: [.json],
        examples: [Example("for a script", "hfmint --version --json"), Example("for a report", "hfmint --version")],
        run: { _ in Report(lines: ["hfmint \(hfmintVersion)"], json: ["version": .string(hfmintVersion)]) })

    private static func explanation(_ call: Call) throws(MintError) -> Report {
        let operands = call.arguments.operands
        let name = operands.joined(separator: " ")
        let showsManual = call.arguments.has(.man)
        guard !name.isEmpty else {
            return Report(lines: showsManual ? ManualPage.overview() : Help.overview(), json: Declaration.json)
        }
        if let command = allCommands.first(where: { $0.name == name }) {
            let lines = showsManual ? manual(command) : Help.lines(for: command)
            return Report(lines: lines, json: Declaration.json(command))
        }
        if operands.count == 3, name.utf8.starts(with: "\(Command.rotateRunbook.name) ".utf8) {
            return try runbook(operands[2])
        }
        if let group = allGroups.first(where: { $0.name == operands[0] }) {
            guard operands.count == 1 else { throw unknownOperation(operands[1], of: group) }
            let lines = showsManual ? manual(group.commands[0]) : Help.lines(for: group)
            return Report(lines: lines, json: .array(group.commands.map(Declaration.json)))
        }
        guard operands.count == 1 else {
            throw .usage("help explains one command at a time", hint: "hfmint help \(operands[0])")
        }
        throw unknownCommand(name)
    }

    /// Returns the manual page of a command, which is that of its group if it has one.
    private static func manual(_ command: Command) -> [String] {
        FirstWord.all.first { $0.commands.contains { $0.name == command.name } }.map(ManualPage.page) ?? []
    }
}

extension Option {
    fileprivate static let man = Option("man", help: "print the manual page, in mdoc, instead")
}
