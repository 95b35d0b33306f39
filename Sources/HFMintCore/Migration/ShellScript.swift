/// The shell lines of a step or a job, with their places in the file.
struct ShellScript: Sendable {
    /// How the file writes the script.
    enum Form: Sendable {
        /// A literal text, whose lines begin at this column.
        case literal(indent: Int)
        /// A text on the line of its key; the column is that of the key.
        case oneLine(YAMLScalar, keyColumn: Int)
        /// A sequence of texts.
        case items
    }

    struct Line: Sendable {
        /// The physical lines, which are several where each but the last ends with a backslash.
        let lines: Range<Int>
        let command: ShellCommand
        /// Whether it is indented more than the first line, and so may be within an `if` or a function.
        let isNested: Bool
        /// The lines to remove with it: all lines of its sequence element, if the element has no other command.
        let removal: Range<Int>
        /// What a command that takes its place begins with: an indentation, a dash or a key.
        let prefix: String
    }

    let form: Form
    private(set) var lines: [Line] = []

    /// - Throws: a ``Doubt`` for a script that hfmint does not edit.
    init(_ node: YAMLNode, keyColumn: Int, in reader: YAMLReader, secrets: Set<String>) throws(Doubt) {
        switch node.value {
        case .scalar(let scalar) where scalar.style == .literal:
            let indent = scalar.body.first.map { reader.lines[$0].indent } ?? 0
            form = .literal(indent: indent)
            take(scalar.body, indent, reader, secrets, item: nil)
        case .scalar(let scalar) where scalar.isOneLine:
            form = .oneLine(scalar, keyColumn: keyColumn)
            lines.append(Self.oneLine(scalar, reader, secrets))
        case .sequence(let items):
            form = .items
            for item in items { try take(item, reader, secrets) }
        case .empty:
            form = .items
        default:
            throw Doubt(
                at: node.lines.lowerBound, "it is a script in a form that hfmint does not edit (`>`, or folded)")
        }
    }

    private static func oneLine(_ scalar: YAMLScalar, _ reader: YAMLReader, _ secrets: Set<String>) -> Line {
        let line = scalar.line
        return Line(
            lines: line..<line + 1, command: ShellCommand(scalar.text, secrets: secrets), isNested: false,
            removal: line..<line + 1, prefix: reader.lines[line].text(0, scalar.columns.lowerBound))
    }

    private mutating func take(_ item: YAMLItem, _ reader: YAMLReader, _ secrets: Set<String>) throws(Doubt) {
        guard let scalar = item.value.scalar, scalar.isOneLine || scalar.style == .literal else {
            throw Doubt(at: item.line, "it is a script in a form that hfmint does not edit")
        }
        guard scalar.style == .literal else {
            lines.append(Self.oneLine(scalar, reader, secrets))
            return
        }
        take(scalar.body, scalar.body.first.map { reader.lines[$0].indent } ?? 0, reader, secrets, item: item)
    }

    private mutating func take(
        _ body: Range<Int>, _ indent: Int, _ reader: YAMLReader, _ secrets: Set<String>, item: YAMLItem?
    ) {
        var start = body.lowerBound
        let old = lines.count
        var pieces: [(Range<Int>, String)] = []
        while start < body.upperBound {
            var end = start
            while end + 1 < body.upperBound, reader.lines[end].bytes.last == ASCII.backslash { end += 1 }
            let text = (start...end).map { line -> String in
                let bytes = reader.lines[line].bytes
                return String(decoding: line < end ? bytes.dropLast() : bytes[...], as: UTF8.self)
            }
            if !text.joined().utf8.allSatisfy(\.isBlank) { pieces.append((start..<end + 1, text.joined())) }
            start = end + 1
        }
        for (range, text) in pieces {
            let column = reader.lines[range.lowerBound].indent
            let removal = pieces.count == 1 ? item?.lines ?? range : range
            lines.append(
                Line(
                    lines: range, command: ShellCommand(text.withoutBlanksAround, secrets: secrets),
                    isNested: column > indent, removal: removal,
                    prefix: pieces.count == 1 && item != nil
                        ? Self.dash(item) : String(repeating: " ", count: column)))
        }
        if let item, lines.count > old { firstOfItem[old] = item }
    }

    /// The first line of each element that is a literal text, with the element.
    private var firstOfItem: [Int: YAMLItem] = [:]

    static let setUpGit = "hfmint setup-git"

    /// Whether a line logs in, so that the commands after it have the token.
    var logsIn: Bool { lines.contains { $0.command.isLogin } }

    var callsHFMint: Bool { lines.contains { $0.command.callsHFMint } }

    /// Whether a line names a token.
    var namesToken: Bool { lines.contains { $0.command.role != .other } }

    var uploads: Bool { lines.contains { !$0.command.resources.isEmpty } }

    /// The lines that use a token which an exchange before them has exported.
    var servedLines: [Int] {
        guard lines.contains(where: { $0.command.text.hasPart("hfmint exchange --export") }) else { return [] }
        return lines.filter { if case .reader = $0.command.role { true } else { false } }.flatMap(\.lines)
    }

    /// Returns the one repository that scripts name, or nil if they name none or several.
    static func onlyResource(of scripts: [ShellScript]) -> Resource? {
        let commands = scripts.flatMap(\.lines).map(\.command)
        let uploads = commands.filter { $0.role != .git }.flatMap(\.resources)
        let found = uploads.isEmpty ? commands.flatMap(\.resources) : uploads
        guard let first = found.first ?? nil, found.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    /// Returns the place of a new element before a line: the physical line, and what stands before the command.
    func place(before index: Int, _ reader: YAMLReader) -> (line: Int, prefix: String) {
        let line = lines[index]
        guard case .items = form, let item = firstOfItem[index] else { return (line.lines.lowerBound, line.prefix) }
        return (item.line, Self.dash(item))
    }

    /// Returns what stands before the text of a new element beside this one.
    private static func dash(_ item: YAMLItem?) -> String {
        String(repeating: " ", count: item?.column ?? 0) + "- "
    }
}
