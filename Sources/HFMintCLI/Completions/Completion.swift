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
        default: self = .nothing
        }
    }
}

/// The commands that begin with one word: `rotate plan`, `rotate run` …, or a single one of that name.
struct CommandGroup {
    let name: String
    let commands: [Command]

    /// Whether the name alone is no command.
    var hasOperations: Bool { commands.contains { $0.name != name } }

    /// The second words of its commands.
    var operations: [(name: String, summary: String)] {
        commands.filter { $0.name != name }.map { (String($0.name.dropFirst(name.count + 1)), $0.summary) }
    }

    /// For a list of what can be typed first.
    var summary: String {
        hasOperations ? operations.map(\.name).joined(separator: ", ") : commands[0].summary
    }

    /// In the order of ``allCommands``.
    static var all: [CommandGroup] {
        var names: [String] = []
        for command in allCommands {
            let name = command.firstWord
            if !names.contains(name) { names.append(name) }
        }
        return names.map { name in CommandGroup(name: name, commands: allCommands.filter { $0.firstWord == name }) }
    }
}

extension Command {
    var firstWord: String {
        String(decoding: name.utf8.prefix { $0 != ASCII.space }, as: UTF8.self)
    }
}
