/// A part of a YAML text, as positions in its lines; nothing of the text is copied but keys and short scalars.
///
/// Line numbers count from 0. A node ends behind its last line that is neither blank nor a comment.
struct YAMLNode: Sendable {
    enum Value: Sendable {
        case mapping([YAMLEntry])
        case sequence([YAMLItem])
        case scalar(YAMLScalar)
        /// A collection in `{…}` or `[…]`, whose inside is not read.
        case flow
        case empty
    }

    let value: Value
    let lines: Range<Int>

    var entries: [YAMLEntry]? {
        if case .mapping(let entries) = value { entries } else { nil }
    }

    var items: [YAMLItem]? {
        if case .sequence(let items) = value { items } else { nil }
    }

    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = value { scalar } else { nil }
    }

    /// Returns the entry of a mapping, or nil.
    subscript(key: String) -> YAMLEntry? {
        entries?.first { $0.key.utf8.elementsEqual(key.utf8) }
    }
}

/// A key of a block mapping, with its value.
struct YAMLEntry: Sendable {
    let key: String
    let line: Int
    let column: Int
    let value: YAMLNode

    var lines: Range<Int> { line..<max(line + 1, value.lines.upperBound) }
}

/// An element of a block sequence.
struct YAMLItem: Sendable {
    let line: Int
    /// The column of its dash.
    let column: Int
    let value: YAMLNode

    var lines: Range<Int> { line..<max(line + 1, value.lines.upperBound) }
}

struct YAMLScalar: Sendable {
    enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    let style: Style
    /// The text between the quotes as it is written, if it stands on one line; empty for any other scalar.
    let text: String
    let line: Int
    /// The columns of the value on its first line, with quotes.
    let columns: Range<Int>
    /// The lines of a literal or folded text, without blank lines at its end.
    let body: Range<Int>
    let isOneLine: Bool

}
