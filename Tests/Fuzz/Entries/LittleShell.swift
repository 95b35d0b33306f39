/// A reader for the few words of shell that hfmint prints; `nil` for anything else.
enum LittleShell {
    /// The commands of a text, each a list of words, without their quotes.
    static func commands(_ bytes: [UInt8]) -> [[[UInt8]]]? {
        var commands: [[[UInt8]]] = []
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var isQuoted = false
        var rest = bytes[...]
        func endWord() {
            if let finished = word { words.append(finished) }
            word = nil
        }
        func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        while let byte = rest.popFirst() {
            switch (byte, isQuoted) {
            case (UInt8(ascii: "'"), _):
                isQuoted.toggle()
                word = word ?? []
            case (_, true): word = (word ?? []) + [byte]
            case (UInt8(ascii: "\\"), false):
                // Nothing but an apostrophe and a backslash is ever escaped.
                guard let escaped = rest.popFirst(), "'\\".utf8.contains(escaped) else { return nil }
                word = (word ?? []) + [escaped]
            case (UInt8(ascii: "\""), false):
                // What stands between double quotes is kept as it is.
                let text = rest.prefix { $0 != UInt8(ascii: "\"") }
                guard text.endIndex < rest.endIndex else { return nil }
                word = (word ?? []) + text
                rest = rest[(text.endIndex + 1)...]
            case (UInt8(ascii: "&"), false), (UInt8(ascii: "|"), false):
                guard rest.popFirst() == byte else { return nil }
                endCommand()
            case (UInt8(ascii: " "), false): endWord()
            case (UInt8(ascii: "\n"), false), (UInt8(ascii: ";"), false): endCommand()
            case (UInt8(ascii: "("), false), (UInt8(ascii: ")"), false):
                // A parenthesis is a word of its own: only `(exit N)` has any.
                endWord()
                words.append([byte])
            default:
                guard isPlain([byte]) || "{}[]<".utf8.contains(byte) else { return nil }
                word = (word ?? []) + [byte]
            }
        }
        guard !isQuoted else { return nil }
        endCommand()
        return commands
    }
}
