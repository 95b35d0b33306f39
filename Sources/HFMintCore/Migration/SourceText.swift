/// The bytes of a workflow file as lines, each with its own ending.
struct SourceText: Equatable, Sendable {
    struct Line: Equatable, Sendable {
        /// The bytes without the ending.
        var bytes: [UInt8]
        /// `\n`, `\r\n`, or nothing at the end of the file.
        var ending: [UInt8]

        /// The number of spaces at the start.
        var indent: Int { bytes.prefix { $0 == ASCII.space }.count }

        var isBlank: Bool { bytes.allSatisfy(\.isBlank) }

        /// Whether its first byte behind blanks is a number sign.
        var isComment: Bool { bytes.first { !$0.isBlank } == UInt8(ascii: "#") }

        /// Returns the bytes from `start` to `end` as text.
        func text(_ start: Int, _ end: Int? = nil) -> String {
            String(decoding: bytes[start..<max(start, end ?? bytes.count)], as: UTF8.self)
        }
    }

    let lines: [Line]

    init(_ bytes: [UInt8]) {
        var lines: [Line] = []
        var start = 0
        for index in bytes.indices where bytes[index] == ASCII.lineFeed {
            let hasReturn = index > start && bytes[index - 1] == ASCII.carriageReturn
            let end = hasReturn ? index - 1 : index
            lines.append(Line(bytes: Array(bytes[start..<end]), ending: Array(bytes[end...index])))
            start = index + 1
        }
        if start < bytes.count { lines.append(Line(bytes: Array(bytes[start...]), ending: [])) }
        self.lines = lines
    }

    /// The ending of a line that is added: that of the first line.
    var ending: [UInt8] {
        guard let ending = lines.first?.ending, !ending.isEmpty else { return [ASCII.lineFeed] }
        return ending
    }
}

/// A place in a workflow at which hfmint is not sure, and why.
package struct Doubt: Error, Equatable, Sendable {
    /// The line, from 1; 0 for the whole file.
    package let line: Int
    /// A clause, without a full stop.
    package let reason: String

    /// - Parameter line: the index of the line, from 0.
    init(at line: Int, _ reason: String) {
        self.line = line + 1
        self.reason = reason
    }

    /// Makes a doubt about the whole file.
    init(_ reason: String) {
        line = 0
        self.reason = reason
    }
}
