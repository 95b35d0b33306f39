/// The one line that a shell evaluates: any kind of sh (bash, dash, zsh, ksh, busybox), or fish.
///
/// It sets only the variables it exports, and changes no option of the shell.
extension Variables {
    /// Returns one `export` command, for variables that hold no token.
    package func shellExport() -> String {
        "export " + shellWords { _ in nil }
    }

    /// Returns an `export` command and commands that read each token from its file in `files`, by variable name.
    ///
    /// `read` shows no value in a trace (`set -x`), and a readonly variable fails at `export`. Quotes separate the two
    /// kinds of shell. For sh, a word ends at `'\'`, and the next word holds the commands for fish. For fish, that is
    /// an escaped quote: its commands follow, and the rest is a comment.
    /// <https://fishshell.com/docs/current/language.html#quotes>
    package func shellImport(from files: [String: String]) -> String {
        let names = list.map(\.name).filter { files[$0] != nil }
        let fish = names.map { " && read -gx \($0) <\(fishQuoted(files[$0] ?? ""))" }.joined()
        // A token's file does not end with a line feed, so `read` sets the variable, and still fails.
        let posix = names.map {
            " && { IFS= read -r \($0) || [ \"${\($0):+x}\" ]; } <\(shellQuoted(files[$0] ?? ""))"
        }.joined()
        return "export " + shellWords { files[$0] == nil ? nil : "\($0)=''" } + " && : '\\''\(fish) # '\(posix)"
    }

    private func shellWords(ofToken word: (String) -> String?) -> String {
        list.compactMap { variable in
            if case .text(let text) = variable.value { return "\(variable.name)=\(shellQuoted(text))" }
            return word(variable.name)
        }.joined(separator: " ")
    }
}

/// Returns `text` as one word of a POSIX shell, and of fish, where a backslash between quotes may have a meaning.
package func shellQuoted(_ text: String) -> String {
    var word = "'"
    for scalar in text.unicodeScalars {
        switch scalar {
        case "'": word += "'\\''"
        case "\\": word += "'\\\\'"
        default: word.unicodeScalars.append(scalar)
        }
    }
    return word + "'"
}

/// Returns `text` as one word of fish without quotes.
private func fishQuoted(_ text: String) -> String {
    text.utf8.map { byte in
        byte.isASCIILetterOrDigit || "/._-".utf8.contains(byte)
            ? String(decoding: [byte], as: UTF8.self)
            : "\\X" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}
