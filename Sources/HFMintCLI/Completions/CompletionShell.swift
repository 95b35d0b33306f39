internal import HFMintCore

/// A shell that completes hfmint's command line with a script.
enum CompletionShell: String, CaseIterable {
    case bash
    case zsh
    case fish

    var script: [String] {
        switch self {
        case .bash: BashCompletions.script
        case .zsh: ZshCompletions.script
        case .fish: FishCompletions.script
        }
    }

    /// What the first line of the script says.
    var title: String { "\(rawValue) completion for hfmint \(hfmintVersion), made by `hfmint completions \(rawValue)`" }

    /// Returns the text in single quotes, as POSIX shells read them.
    static func quoted(_ text: String) -> String {
        "'" + text.utf8Replacing("'", with: #"'\''"#) + "'"
    }
}

extension String {
    /// Returns the text with every `byte` replaced, even before a combining character.
    func utf8Replacing(_ byte: Unicode.Scalar, with replacement: String) -> String {
        var result: [UInt8] = []
        for each in utf8 {
            if each == UInt8(ascii: byte) { result += replacement.utf8 } else { result.append(each) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
