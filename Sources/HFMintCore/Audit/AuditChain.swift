/// The end of a log, to which the next lines are chained.
///
/// Each line carries the SHA-256 of the line before it, without its line feed. After torn lines it carries the SHA-256
/// of everything from the last whole line on, so that the chain has no hole.
package struct AuditChain: Sendable {
    /// Everything from the beginning of the last whole line, without a line feed at the end.
    private var last: [UInt8] = []
    private var lastLine: [UInt8] = []
    /// The digest of ``last``, once it is known.
    private var lastSHA256: String?
    private var log: String
    private var seq = 0
    package private(set) var isTorn = false
    /// A line feed if the log does not end with one.
    private var separator: [UInt8] = []

    /// Begins a new log.
    ///
    /// - Parameter random: returns 64 random bits.
    package init(beginningWith random: () -> UInt64) {
        let name = [random(), random()].flatMap { bits in
            (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        }
        log = name.hexadecimal
    }

    /// Finds the chain in the last bytes of a log, or returns nil if that is no audit log, or damaged beyond repair.
    ///
    /// - Parameter isWhole: whether `tail` is the whole log.
    package init?(tail: [UInt8], isWhole: Bool, random: () -> UInt64) {
        self.init(beginningWith: random)
        guard !tail.isEmpty else { return }
        let isEnded = tail.last == ASCII.lineFeed
        let whole = tail[..<(isEnded ? tail.count - 1 : tail.count)]
        separator = isEnded ? [] : [ASCII.lineFeed]
        // A line without its line feed counts as torn, even if it is whole: its writer was not told that it arrived.
        isTorn = !isEnded
        var end = whole.endIndex
        while true {
            let start = (whole[..<end].lastIndex(of: ASCII.lineFeed) ?? -1) + 1
            let bytes = Array(whole[start..<end])
            if start > 0 || isWhole, let line = AuditLine(bytes.span) {
                (log, seq) = (String(decoding: bytes[line.log], as: UTF8.self), line.seq)
                last = Array(whole[start...])
                lastLine = bytes
                return
            }
            isTorn = true
            guard start > 0 else { break }
            end = start - 1
        }
        // Without a whole line, a log can be continued only if its first line was torn.
        guard isWhole, Self.isBeginning(tail) else { return nil }
        last = Array(whole)
    }

    /// Finds the chain at the end of the log at `path`.
    ///
    /// - Throws: ``FileFailure`` if that is no audit log.
    package init(_ end: any LogEnd, path: String, random: () -> UInt64) throws(FileFailure) {
        for count in [8 << 10, 64 << 10, 2 * AuditLine.byteLimit] {
            let isWhole = end.byteCount <= count
            if let chain = AuditChain(tail: try end.last(count), isWhole: isWhole, random: random) {
                self = chain
                return
            }
            if isWhole { break }
        }
        throw FileFailure(path, "it does not end like an audit log of hfmint's; move it away, and a new one begins")
    }

    /// Returns whether a first line that was torn can be one of hfmint's.
    private static func isBeginning(_ bytes: [UInt8]) -> Bool {
        let beginning = Array(#"{"log":""#.utf8)
        let name = bytes.dropFirst(beginning.count).prefix(AuditLine.logDigits)
        // A container's log begins with the same bytes, but not with such a name.
        return bytes.prefix(beginning.count).elementsEqual(beginning.prefix(bytes.count))
            && name.isHexadecimal(count: name.count)
    }

    /// A new line, and the head of the log after it.
    package struct Link: Equatable, Sendable {
        package let event: AuditEvent
        package let time: Timestamp
        /// Without a line feed.
        package let line: [UInt8]
        package let head: AuditHead
    }

    /// Adds the line of `event`, and before it a line that begins or repairs the log where it is needed.
    package mutating func extend(
        with event: AuditEvent, at time: Timestamp, digests: any Digests
    ) throws(MintError) -> [Link] {
        var links: [Link] = []
        if isTorn {
            let repair = AuditEvent(.logRepaired, reason: "the line before it was torn, and is ended")
            links.append(try append(repair, at: time, digests: digests))
        } else if seq == 0 {
            links.append(try append(AuditEvent(.logCreated), at: time, digests: digests))
        }
        links.append(try append(event, at: time, digests: digests))
        return links
    }

    private mutating func append(
        _ event: AuditEvent, at time: Timestamp, digests: any Digests
    ) throws(MintError) -> Link {
        var previous = lastSHA256
        if previous == nil, !last.isEmpty { previous = try digests.sha256(last.span).hexadecimal }
        let line = AuditLine.bytes(event, log: log, seq: seq + 1, time: time, previous: previous)
        let head = AuditHead(log: log, seq: seq + 1, sha256: try digests.sha256(line.span).hexadecimal)
        (last, lastLine, lastSHA256, seq, isTorn) = (line, line, head.sha256, seq + 1, false)
        return Link(event: event, time: time, line: line, head: head)
    }

    /// Returns the head of the last whole line, or nil if the log has none.
    package func head(_ digests: any Digests) throws(MintError) -> AuditHead? {
        guard seq > 0 else { return nil }
        return AuditHead(log: log, seq: seq, sha256: try digests.sha256(lastLine.span).hexadecimal)
    }

    /// Returns the bytes that append `links` to the file in one write.
    package func bytes(of links: [Link]) -> [UInt8] {
        separator + links.flatMap { $0.line + [ASCII.lineFeed] }
    }
}
