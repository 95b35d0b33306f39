/// The one line that a shell evaluates: sh in each of its kinds (bash, dash, zsh, ksh, busybox), and fish.
///
/// It sets what it exports and nothing else: no option of the shell's is changed, and no other variable.
extension Variables {
    /// One `export` command, of variables that hold no token.
    package func shellExport() -> String {
        "export " + shellWords { _ in nil }
    }

    /// The same with tokens, each read from the file of its name.
    ///
    /// `read` shows no value in a trace (`set -x`), and a readonly variable fails at `export`. The two kinds of shell
    /// tell themselves apart by their quotes: for sh, a word ends at `'\'`, so that the one after it holds the lines
    /// for fish; for fish that is an escaped quote, those lines follow, and the rest is a comment.
    /// <https://fishshell.com/docs/current/language.html#quotes>
    package func shellImport(from files: [String: String]) -> String {
        let names = list.map(\.name).filter { files[$0] != nil }
        let fish = names.map { " && read -gx \($0) <\(fishQuoted(files[$0] ?? ""))" }.joined()
        // No token ends its file with a line feed, so `read` has it and fails all the same.
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

/// `text` as one word of a POSIX shell, and of fish: there a backslash between quotes may mean something.
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

/// `text` as one word of fish's that holds no quote.
private func fishQuoted(_ text: String) -> String {
    text.utf8.map { byte in
        byte.isASCIILetterOrDigit || "/._-".utf8.contains(byte)
            ? String(decoding: [byte], as: UTF8.self)
            : "\\X" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}
