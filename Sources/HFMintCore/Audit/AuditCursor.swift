/// The last record of a log that a collector has taken.
///
/// The cursor stands in a file beside the log, and moves only after the collector has accepted a request. So a crash
/// may send a record twice, but never leaves one out. A collector knows a repeated record by its head.
package struct AuditCursor: Equatable, Sendable {
    /// The position in the log behind the record and its line feed.
    package let offset: Int
    /// The number of bytes of the record's line, without its line feed.
    package let lineCount: Int
    /// The head of the record, or nil at the start of a log.
    package let head: AuditHead?

    package static let start = AuditCursor(offset: 0, lineCount: 0, head: nil)
    package static let byteLimit = 256
}

extension AuditCursor {
    /// Reads what ``bytes`` wrote, and anything else as the start, so that no record is left out.
    package init(_ text: [UInt8]) {
        let line = text.prefix { $0 != ASCII.lineFeed }
        let parts = line.split(separator: ASCII.space, omittingEmptySubsequences: false)
        guard line.count < text.count, parts.count == 3, let offset = Int(digits: parts[0]),
            let count = Int(digits: parts[1]), count < offset,
            let head = AuditHead(String(decoding: parts[2], as: UTF8.self))
        else {
            self = .start
            return
        }
        self.init(offset: offset, lineCount: count, head: head)
    }

    /// Returns whether `text` holds a byte that no cursor holds, not even a torn one.
    static func isForeign(_ text: [UInt8]) -> Bool {
        let letters = Array("0123456789abcdef: \n\0".utf8)
        return !text.allSatisfy { letters.contains($0) }
    }

    /// The cursor as one short line, empty for the start of a log.
    package var bytes: [UInt8] { head.map { Array("\(offset) \(lineCount) \($0)\n".utf8) } ?? [] }

    /// Finds the end of the log at `path`, where a new collector begins.
    init(endOf path: String, in machine: Machine) throws(FileFailure) {
        self = .start
        guard let end = try machine.readLog(path)?.end else { return }
        let bytes = try end.last(2 * AuditLine.byteLimit)
        var last = bytes.endIndex
        while let feed = bytes[..<last].lastIndex(of: ASCII.lineFeed) {
            let start = (bytes[..<feed].lastIndex(of: ASCII.lineFeed) ?? -1) + 1
            if let record = AuditExport.Record(Array(bytes[start..<feed]), machine.digests) {
                let offset = end.byteCount - bytes.count + feed + 1
                self.init(offset: offset, lineCount: feed - start, head: record.head)
                return
            }
            last = feed
        }
    }
}
