/// A reader of the YAML that workflow files are written in: block mappings and sequences, scalars, comments.
///
/// It is conservative: what it does not know it refuses with a ``Doubt``, and what it only skips (anchors, aliases,
/// tags, merge keys) it marks in ``odd``. <https://yaml.org/spec/1.2.2/>
struct YAMLReader: Sendable {
    let lines: [SourceText.Line]
    /// Lines that hold an anchor, an alias, a tag or a merge key, each with what it holds.
    var odd: [Int: String] = [:]
    /// Where the comment at the end of a line begins.
    var codeEnds: [Int: Int] = [:]
    private(set) var root = YAMLNode(value: .empty, lines: 0..<0)

    private static let mostDepth = 48

    init(_ text: SourceText) throws(Doubt) {
        lines = text.lines
        guard var line = try significant(from: 0) else { return }
        if lines[line].bytes.equals("---") {
            guard let next = try significant(from: line + 1) else { return }
            line = next
        }
        root = try node(at: line, lines[line].indent, parent: -1, depth: 0)
        if let rest = try significant(from: root.lines.upperBound) {
            throw Doubt(at: rest, "hfmint does not understand how this line is indented")
        }
    }

    /// Returns where the code of a line ends, before a comment.
    func codeEnd(_ line: Int) -> Int { codeEnds[line] ?? lines[line].bytes.count }

    /// Returns the next line that is neither blank nor a comment.
    func significant(from start: Int) throws(Doubt) -> Int? {
        for line in start..<max(start, lines.count) where !lines[line].isBlank && !lines[line].isComment {
            let bytes = lines[line].bytes
            guard bytes[lines[line].indent] != ASCII.tab else { throw Doubt(at: line, "it is indented with a tab") }
            if bytes.starts(with: "---".utf8), bytes.count == 3 || bytes[3].isBlank, isMarkRefused(at: line) {
                throw Doubt(at: line, "the file holds more than one document")
            }
            guard !bytes.starts(with: "...".utf8), bytes[0] != UInt8(ascii: "%") else {
                throw Doubt(at: line, "the file holds a directive or the end of a document")
            }
            return line
        }
        return nil
    }

    /// Returns whether a `---` is anything but the first line of the file that is no comment.
    private func isMarkRefused(at line: Int) -> Bool {
        lines[line].bytes.count != 3 || lines[..<line].contains { !$0.isBlank && !$0.isComment }
    }

    func isDash(_ line: Int, _ column: Int) -> Bool {
        let bytes = lines[line].bytes
        guard column < bytes.count, bytes[column] == ASCII.minus else { return false }
        return column + 1 == bytes.count || bytes[column + 1].isBlank
    }

    /// Returns the first column from `start` that is no blank, or nil before a comment or the end of the line.
    mutating func code(_ line: Int, from start: Int) -> Int? {
        let bytes = lines[line].bytes
        guard let column = bytes.indices.dropFirst(start).first(where: { !bytes[$0].isBlank }) else { return nil }
        guard bytes[column] == UInt8(ascii: "#"), column > 0, bytes[column - 1].isBlank else { return column }
        codeEnds[line] = column
        return nil
    }

    mutating func node(at line: Int, _ column: Int, parent: Int, depth: Int) throws(Doubt) -> YAMLNode {
        guard depth < Self.mostDepth else { throw Doubt(at: line, "it is nested too deeply") }
        if isDash(line, column) { return try sequence(at: line, column, depth: depth) }
        if try key(line, column) != nil { return try mapping(at: line, column, depth: depth) }
        return try value(line, column, parent: parent, depth: depth, takesDash: false)
    }

    private mutating func sequence(at line: Int, _ column: Int, depth: Int) throws(Doubt) -> YAMLNode {
        var items: [YAMLItem] = []
        var current = line
        while true {
            var item = YAMLNode(value: .empty, lines: current..<current + 1)
            if let start = code(current, from: column + 1) {
                let isKey = try key(current, start) != nil
                let isCollection = isKey || isDash(current, start)
                item =
                    isCollection
                    ? try node(at: current, start, parent: column, depth: depth + 1)
                    : try value(current, start, parent: column, depth: depth + 1, takesDash: false)
            } else {
                item = try nested(below: current, parent: column, depth: depth + 1, takesDash: false)
            }
            items.append(YAMLItem(line: current, column: column, value: item))
            let end = max(current + 1, item.lines.upperBound)
            guard let next = try significant(from: end), lines[next].indent >= column else {
                return YAMLNode(value: .sequence(items), lines: line..<end)
            }
            guard lines[next].indent == column else { throw Doubt(at: next, "its indentation fits nothing above it") }
            // A key at the column of the dashes belongs to the mapping around.
            guard isDash(next, column) else { return YAMLNode(value: .sequence(items), lines: line..<end) }
            current = next
        }
    }

    private mutating func mapping(at line: Int, _ column: Int, depth: Int) throws(Doubt) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var seen: Set<String> = []
        var current = line
        while true {
            guard let key = try key(current, column) else {
                throw Doubt(at: current, "hfmint does not understand this line")
            }
            guard seen.insert(key.text).inserted else {
                throw Doubt(at: current, "the key '\(key.text)' stands there twice")
            }
            if key.text == "<<" { odd[current] = "a merge key" }
            if let first = key.text.utf8.first, "&*!".utf8.contains(first) {
                odd[current] = "an anchor, an alias or a tag"
            }
            let value = try value(current, key.end, parent: column, depth: depth + 1, takesDash: true)
            entries.append(YAMLEntry(key: key.text, line: current, column: column, value: value))
            let end = max(current + 1, value.lines.upperBound)
            guard let next = try significant(from: end), lines[next].indent >= column else {
                return YAMLNode(value: .mapping(entries), lines: line..<end)
            }
            guard lines[next].indent == column, !isDash(next, column) else {
                throw Doubt(at: next, "its indentation fits nothing above it")
            }
            current = next
        }
    }

    /// Returns the key that begins at a column and the column behind its colon, or nil if there is no key.
    private func key(_ line: Int, _ column: Int) throws(Doubt) -> (text: String, end: Int)? {
        let bytes = lines[line].bytes
        let first = bytes[column]
        guard first != UInt8(ascii: "?") || column + 1 < bytes.count && !bytes[column + 1].isBlank else {
            throw Doubt(at: line, "it holds a complex key ('?')")
        }
        guard !"{[|>#".utf8.contains(first) else { return nil }
        if first == ASCII.quote || first == ASCII.apostrophe {
            guard let close = closing(line, column),
                let colon = bytes[(close + 1)...].firstIndex(where: { !$0.isBlank }),
                bytes[colon] == ASCII.colon, colon + 1 == bytes.count || bytes[colon + 1].isBlank
            else { return nil }
            return (lines[line].text(column + 1, close), colon + 1)
        }
        for index in column..<bytes.count {
            if bytes[index] == UInt8(ascii: "#"), bytes[index - 1].isBlank { return nil }
            guard bytes[index] == ASCII.colon, index + 1 == bytes.count || bytes[index + 1].isBlank else { continue }
            return (lines[line].text(column, index).withoutBlanksAround, index + 1)
        }
        return nil
    }

    /// Returns the column of the quote that closes the one at `column`, or nil if it is not on this line.
    func closing(_ line: Int, _ column: Int) -> Int? {
        let bytes = lines[line].bytes
        let quote = bytes[column]
        var index = column + 1
        while index < bytes.count {
            if quote == ASCII.quote, bytes[index] == ASCII.backslash {
                index += 2
            } else if bytes[index] != quote {
                index += 1
            } else if quote == ASCII.apostrophe, index + 1 < bytes.count, bytes[index + 1] == quote {
                index += 2
            } else {
                return index
            }
        }
        return nil
    }
}
