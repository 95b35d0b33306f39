internal import HFMintCore

/// What may stand at one position of a command line, as far as its declaration says.
///
/// `hfmint completions` chooses a ``CompletionShell``, whose script is made by `BashCompletions`, `ZshCompletions` or
/// `FishCompletions`. Each goes through every ``FirstWord``, then through every command and option, and writes their
/// `completion` in the language of its shell. The scripts hold all that they complete: none calls hfmint.
enum Completion: Equatable {
    case nothing
    case words([String])
    case files
    case directories
    /// A command of hfmint.
    case command
}

extension Option {
    /// What may be the option's value.
    var completion: Completion {
        guard choices.isEmpty else { return .words(choices) }
        return Completion(placeholder: value ?? "")
    }
}

extension Command {
    /// What may be the command's operands.
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
    /// Reads what stands for a value in a usage line, such as `PATH`, `[FILE]` or `COMMAND`.
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
