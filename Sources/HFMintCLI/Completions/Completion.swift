internal import HFMintCore

/// What may stand in one place of a command line, as far as a declaration tells.
enum Completion: Equatable {
    case nothing
    case words([String])
    case files
    case directories
    /// A command of hfmint.
    case command
}

extension Option {
    /// For its value.
    var completion: Completion {
        guard choices.isEmpty else { return .words(choices) }
        return Completion(placeholder: value ?? "")
    }
}

extension Command {
    /// For its operands.
    var completion: Completion {
        guard let operands else { return .nothing }
        let words = operands.utf8.split(separator: UInt8(ascii: "|")).map {
            String(decoding: $0.filter { $0 != ASCII.space }, as: UTF8.self)
        }
        guard words.count == 1 else { return .words(words) }
        return Completion(placeholder: operands)
    }
}

extension Completion {
    /// By what stands for the value in a usage line: `PATH`, `[FILE]`, `COMMAND`.
    fileprivate init(placeholder: String) {
        switch String(decoding: placeholder.utf8.filter(\.isASCIILetterOrDigit), as: UTF8.self) {
        case "PATH", "FILE": self = .files
        case "DIR": self = .directories
        case "COMMAND": self = .command
        case "REASON": self = .words(Runbook.sections.map(\.name))
        default: self = .nothing
        }
    }
}

/// What can be typed first: a command of one word, or a group of commands.
struct FirstWord {
    let name: String
    let summary: String
    /// One, or those of the group.
    let commands: [Command]
    let group: CommandGroup?

    /// The second words of a group's commands.
    var operations: [(name: String, summary: String)] {
        group.map { group in commands.map { (group.operation($0), $0.summary) } } ?? []
    }

    /// In the order of ``allCommands``.
    static var all: [FirstWord] {
        var words: [FirstWord] = []
        for command in allCommands where command.group == nil || command.group?.name != words.last?.name {
            let group = command.group
            words.append(
                FirstWord(
                    name: group?.name ?? command.name, summary: group?.summary ?? command.summary,
                    commands: group?.commands ?? [command], group: group))
        }
        return words
    }
}
