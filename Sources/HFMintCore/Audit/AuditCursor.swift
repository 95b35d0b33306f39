/// How far a collector has taken a log: everything up to the end of one record.
///
/// It stands in a file beside the log and moves only when a collector has said yes: a crash sends a record once more,
/// and never leaves one out. The record's head is its name for good, so a collector can tell that it has it already.
package struct AuditCursor: Equatable, Sendable {
    /// Where the record ends, with its line feed.
    package let offset: Int
    /// Of the record's line, without its line feed.
    package let lineCount: Int
    /// `nil` at the start of a log.
    package let head: AuditHead?

    package static let start = AuditCursor(offset: 0, lineCount: 0, head: nil)

    init(offset: Int, lineCount: Int, head: AuditHead?) {
        (self.offset, self.lineCount, self.head) = (offset, lineCount, head)
    }

    /// Reads what ``bytes`` wrote; the start for anything else, as nothing may be left out.
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

    /// Whether hfmint cannot have written `text`, whole or torn: then somebody else's file stands there.
    static func isForeign(_ text: [UInt8]) -> Bool {
        let letters = Array("0123456789abcdef: \n\0".utf8)
        return !text.allSatisfy { letters.contains($0) }
    }

    /// One short line, which is written at once; nothing for the start of a log.
    package var bytes: [UInt8] { head.map { Array("\(offset) \(lineCount) \($0)\n".utf8) } ?? [] }

    package static let byteLimit = 256

    /// Where the log at `path` ends now: what is there already is not for a collector that is named only now.
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
