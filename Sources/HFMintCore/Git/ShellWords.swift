/// The words into which the shell splits a line, without quotation marks.
///
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02>
struct ShellWords {
    private(set) var words: [[UInt8]] = []

    /// Returns `nil` if the shell would do more than split the line, such as expand a variable or run another command.
    init?(_ line: String) {
        var word: [UInt8]?
        var quote: UInt8?
        var bytes = Array(line.utf8)[...]
        while let byte = bytes.popFirst() {
            switch (byte, quote) {
            case (let mark, let open?) where mark == open: quote = nil
            case (ASCII.backslash, nil):
                guard let next = bytes.popFirst() else { return nil }
                word = (word ?? []) + [next]
            case (ASCII.backslash, ASCII.quote):
                let isEscape = bytes.first.map { "\\\"$`".utf8.contains($0) } ?? false
                word?.append(isEscape ? bytes.removeFirst() : byte)
            case (ASCII.apostrophe, nil), (ASCII.quote, nil):
                quote = byte
                word = word ?? []
            case (ASCII.space, nil), (ASCII.tab, nil):
                if let whole = word { words.append(whole) }
                word = nil
            case (_, nil) where "|&;<>()$`*?[#\n".utf8.contains(byte): return nil
            case (_, ASCII.quote?) where "$`".utf8.contains(byte): return nil
            default: word = (word ?? []) + [byte]
            }
        }
        guard quote == nil else { return nil }
        if let whole = word { words.append(whole) }
    }
}
