internal import HFMintCore

/// A shell that completes hfmint's command line by a script that is made from the declarations.
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

    /// How a first line says what the script is.
    var title: String { "\(rawValue) completion for hfmint \(hfmintVersion), made by `hfmint completions \(rawValue)`" }

    /// In single quotes, as POSIX shells read them.
    static func quoted(_ text: String) -> String {
        "'" + text.utf8Replacing("'", with: #"'\''"#) + "'"
    }
}

extension String {
    /// Every `byte` replaced, whatever it is combined with.
    func utf8Replacing(_ byte: Unicode.Scalar, with replacement: String) -> String {
        var result: [UInt8] = []
        for each in utf8 {
            if each == UInt8(ascii: byte) { result += replacement.utf8 } else { result.append(each) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
