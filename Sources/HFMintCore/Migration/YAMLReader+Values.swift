/// The values: scalars, which stand on one line or are texts of several lines, and collections in brackets.
extension YAMLReader {
    /// Reads what stands on the lines below a key or a dash that is alone on its line.
    ///
    /// - Parameter takesDash: whether a sequence may begin at the column of the key.
    mutating func nested(below line: Int, parent: Int, depth: Int, takesDash: Bool) throws(Doubt) -> YAMLNode {
        guard let next = try significant(from: line + 1) else {
            return YAMLNode(value: .empty, lines: line..<line + 1)
        }
        let indent = lines[next].indent
        guard indent > parent || takesDash && indent == parent && isDash(next, indent) else {
            return YAMLNode(value: .empty, lines: line..<line + 1)
        }
        return try node(at: next, indent, parent: parent, depth: depth)
    }

    /// Reads the value from `column` on, which may be on the following lines.
    mutating func value(
        _ line: Int, _ column: Int, parent: Int, depth: Int, takesDash: Bool
    ) throws(Doubt) -> YAMLNode {
        var column = column
        while let start = code(line, from: column) {
            let bytes = lines[line].bytes
            switch bytes[start] {
            case UInt8(ascii: "&"), UInt8(ascii: "!"):
                odd[line] = bytes[start] == UInt8(ascii: "&") ? "an anchor" : "a tag"
                column = bytes[start...].firstIndex(where: \.isBlank) ?? bytes.count
            case UInt8(ascii: "|"), UInt8(ascii: ">"): return try blockText(line, start, parent: parent)
            case UInt8(ascii: "{"), UInt8(ascii: "["): return try flow(line, start)
            case ASCII.quote, ASCII.apostrophe: return try quoted(line, start)
            case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"), ASCII.comma, UInt8(ascii: "]"),
                UInt8(ascii: "}"):
                throw Doubt(at: line, "hfmint does not understand this line")
            default:
                if bytes[start] == UInt8(ascii: "*") { odd[line] = "an alias" }
                return try plain(line, start, parent: parent)
            }
        }
        return try nested(below: line, parent: parent, depth: depth, takesDash: takesDash)
    }

    private mutating func blockText(_ line: Int, _ start: Int, parent: Int) throws(Doubt) -> YAMLNode {
        let bytes = lines[line].bytes
        let header = bytes[(start + 1)...].prefix { !$0.isBlank }
        guard header.allSatisfy({ $0 == ASCII.minus || $0 == UInt8(ascii: "+") || $0.isASCIIDigit }),
            code(line, from: start + 1 + header.count) == nil
        else { throw Doubt(at: line, "hfmint does not understand this line") }
        if header.contains(where: \.isASCIIDigit) { odd[line] = "a text with an indentation of its own" }
        var end = line + 1
        var last = line + 1
        var base: Int?
        while end < lines.count, lines[end].isBlank || lines[end].indent > parent {
            if !lines[end].isBlank {
                let indent = lines[end].indent
                guard indent >= base ?? indent else { throw Doubt(at: end, "its indentation fits nothing above it") }
                base = base ?? indent
                last = end + 1
            }
            end += 1
        }
        let scalar = YAMLScalar(
            style: bytes[start] == UInt8(ascii: "|") ? .literal : .folded, text: "", line: line,
            columns: start..<start + 1 + header.count, body: line + 1..<last, isOneLine: false)
        return YAMLNode(value: .scalar(scalar), lines: line..<last)
    }

    private mutating func quoted(_ line: Int, _ start: Int) throws(Doubt) -> YAMLNode {
        let style: YAMLScalar.Style = lines[line].bytes[start] == ASCII.quote ? .doubleQuoted : .singleQuoted
        guard let close = closing(line, start) else {
            throw Doubt(at: line, "it holds a quoted text of several lines")
        }
        guard code(line, from: close + 1) == nil else { throw Doubt(at: line, "hfmint does not understand this line") }
        let scalar = YAMLScalar(
            style: style, text: lines[line].text(start + 1, close), line: line, columns: start..<close + 1,
            body: line + 1..<line + 1, isOneLine: true)
        return YAMLNode(value: .scalar(scalar), lines: line..<line + 1)
    }

    private mutating func plain(_ line: Int, _ start: Int, parent: Int) throws(Doubt) -> YAMLNode {
        let bytes = lines[line].bytes
        var end = bytes.count
        for index in start..<bytes.count {
            guard bytes[index] != ASCII.tab else { throw Doubt(at: line, "it holds a tab") }
            if bytes[index] == UInt8(ascii: "#"), bytes[index - 1].isBlank {
                codeEnds[line] = index
                end = index
                break
            }
            guard bytes[index] != ASCII.colon || index + 1 < bytes.count && !bytes[index + 1].isBlank else {
                throw Doubt(at: line, "it holds a colon that YAML may take for the end of a key")
            }
        }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        var next = line + 1
        var last = line + 1
        // A comment ends a plain text.
        while codeEnds[line] == nil, next < lines.count, !lines[next].isComment,
            lines[next].isBlank || lines[next].indent > parent
        {
            if !lines[next].isBlank { last = next + 1 }
            next += 1
        }
        let scalar = YAMLScalar(
            style: .plain, text: last == line + 1 ? lines[line].text(start, end) : "", line: line, columns: start..<end,
            body: line + 1..<line + 1, isOneLine: last == line + 1)
        return YAMLNode(value: .scalar(scalar), lines: line..<last)
    }

    /// Skips a collection in brackets, which may go on over several lines.
    private mutating func flow(_ line: Int, _ start: Int) throws(Doubt) -> YAMLNode {
        var depth = 0
        var (current, column) = (line, start)
        while current < lines.count {
            while let index = code(current, from: column) {
                let byte = lines[current].bytes[index]
                column = index + 1
                if byte == ASCII.quote || byte == ASCII.apostrophe, isFlowQuote(current, index) {
                    guard let close = closing(current, index) else {
                        throw Doubt(at: current, "it holds a quoted text of several lines")
                    }
                    column = close + 1
                }
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
                if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") { odd[current] = "an anchor or an alias" }
                guard depth <= 0 else { continue }
                guard code(current, from: column) == nil else {
                    throw Doubt(at: current, "hfmint does not understand this line")
                }
                return YAMLNode(value: .flow, lines: line..<current + 1)
            }
            (current, column) = (current + 1, 0)
        }
        throw Doubt(at: line, "a bracket is never closed")
    }

    /// Returns whether a quote begins a text, and is not an apostrophe within a word.
    private func isFlowQuote(_ line: Int, _ column: Int) -> Bool {
        let before = lines[line].bytes[..<column].last { !$0.isBlank }
        return before.map { "{[,:".utf8.contains($0) } ?? true
    }
}
