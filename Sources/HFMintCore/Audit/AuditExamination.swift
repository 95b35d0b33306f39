/// An examination of an audit log, which finds what is wrong with its chain.
///
/// It reads the log from its beginning, in pieces of any size, and holds only a line or two. A log without findings is
/// *consistent*, but who can write the file can also write another consistent one. Only a head that was kept elsewhere
/// proves that the log is unchanged up to there.
///
/// ```swift
/// var examination = AuditExamination(heads: heads, digests: machine.digests)
/// while let piece = try log.next() { try examination.read(piece.span) }
/// try examination.finish()
/// ```
package struct AuditExamination {
    private let digests: any Digests
    private let heads: [AuditHead]
    private var splitter = LineSplitter()

    package private(set) var lineCount = 0
    package private(set) var recordCount = 0
    package private(set) var log: String?
    package private(set) var firstSeq = 0
    package private(set) var lastSeq = 0
    package private(set) var findings: [AuditFinding] = []
    package private(set) var repairs = 0
    /// The last record that a head from elsewhere proves.
    package private(set) var provenSeq: Int?

    /// The last whole line, and the torn lines after it.
    private var last: [UInt8] = []
    /// The digest of the last whole line, and of the one before it.
    private var lastHash: [UInt8] = []
    private var hashBeforeLast: [UInt8] = []
    private var highestSeq = 0
    /// The lines before this one that are no records; the next record shows why.
    private var broken: (first: Int, count: Int)?
    /// Whether the line before is out of order, so that the next one cannot follow it.
    private var isDisplaced = false
    /// Whether the line before belongs to another log.
    private var isForeign = false
    private var matchedHeads: Set<String> = []

    package var head: AuditHead? {
        log.map { AuditHead(log: $0, seq: lastSeq, sha256: lastHash.hexadecimal) }
    }

    /// - Parameter heads: the heads that were kept elsewhere.
    package init(heads: [AuditHead] = [], digests: any Digests) {
        self.heads = heads
        self.digests = digests
    }

    package mutating func read(_ piece: Span<UInt8>) throws(MintError) {
        // The splitter leaves `self`, because judging a line changes `self`.
        var lines = LineSplitter()
        swap(&lines, &splitter)
        try lines.read(piece) { line, isTooLong throws(MintError) in
            lineCount += 1
            if isTooLong { noteBroken(line.extracting(0..<0)) } else { try judge(line) }
        }
        splitter = lines
    }

    /// Completes the findings after the last piece.
    package mutating func finish() throws(MintError) {
        let rest = splitter.rest
        if splitter.isInLine {
            lineCount += 1
            if AuditLine(rest.span) != nil { try judge(rest.span) }
            find(.torn, "line \(lineCount) is torn: its writer did not finish it, and nobody has written since")
        }
        settleBroken(nil)
        for head in heads where !matchedHeads.contains(head.description) { judgeMissing(head) }
    }

    private mutating func find(
        _ kind: AuditFinding.Kind, _ sentence: String, line: Int? = nil, missing: ClosedRange<Int>? = nil
    ) {
        // The number is bounded, so that a log of garbage does not fill the memory.
        guard findings.count < 100 else { return }
        findings.append(AuditFinding(kind: kind, line: line ?? lineCount, sentence: sentence, missing: missing))
    }

    private mutating func noteBroken(_ bytes: Span<UInt8>) {
        broken = (broken?.first ?? lineCount, (broken?.count ?? 0) + 1)
        guard last.count + bytes.count < 2 * AuditLine.byteLimit else { return }
        if !last.isEmpty || broken?.count != 1 { last.append(ASCII.lineFeed) }
        for index in bytes.indices { last.append(bytes[index]) }
    }

    private mutating func judge(_ text: Span<UInt8>) throws(MintError) {
        guard let line = AuditLine(text) else { return noteBroken(text) }
        recordCount += 1
        let record = Position(line, text)
        if let log, record.log != log {
            if !isForeign { find(.foreign, "line \(lineCount) belongs to another log, \(record.log)") }
            isForeign = true
            return
        }
        isForeign = false
        if broken != nil {
            try judgeAfterBroken(record)
        } else {
            judgeOrder(record)
        }
        try accept(record, text)
    }

    /// The position of a line in the chain, as the line itself says it.
    private struct Position {
        let log: String
        let seq: Int
        let previous: [UInt8]?
        let isRepair: Bool
        let isGenesis: Bool

        init(_ line: AuditLine, _ text: Span<UInt8>) {
            log = text.extracting(line.log).text
            seq = line.seq
            previous = line.previous.map { range in
                stride(from: range.lowerBound, to: range.upperBound, by: 2).map {
                    (text[$0].hexDigitValue ?? 0) << 4 | (text[$0 + 1].hexDigitValue ?? 0)
                }
            }
            isRepair = text.equals(AuditEvent.Kind.logRepaired.rawValue, in: line.event)
            isGenesis = text.equals(AuditEvent.Kind.logCreated.rawValue, in: line.event)
        }
    }

    private mutating func judgeOrder(_ record: Position) {
        defer { isDisplaced = record.seq <= highestSeq && log != nil }
        guard log != nil else { return judgeFirst(record) }
        let here = "line \(lineCount)"
        if record.seq == highestSeq + 1 {
            guard record.previous != lastHash, !isDisplaced else { return }
            find(
                .edited,
                "line \(lineCount - 1) (record \(lastSeq)) was changed after \(here) (record \(record.seq)) was"
                    + " written, or \(here) was")
        } else if record.seq > highestSeq + 1 {
            let missing = highestSeq + 1...record.seq - 1
            find(
                .deleted,
                "\(AuditFinding.range(missing)) \(missing.count == 1 ? "is" : "are") missing before \(here) (record \(record.seq))",
                missing: missing)
        } else if record.seq == lastSeq, record.previous == hashBeforeLast {
            find(
                .forked,
                "lines \(lineCount - 1) and \(lineCount) both are record \(record.seq) and follow the same line:"
                    + " two writers did not share a lock, or one of them was inserted")
        } else if let gap = findings.firstIndex(where: { $0.missing?.contains(record.seq) ?? false }) {
            findings[gap] = AuditFinding(
                kind: .reordered, line: findings[gap].line,
                sentence: "record \(record.seq) stands in \(here), behind record \(highestSeq): lines were reordered")
        } else {
            find(.inserted, "\(here) repeats the number \(record.seq): it was inserted, or copied")
        }
    }

    private mutating func judgeFirst(_ record: Position) {
        log = record.log
        firstSeq = record.seq
        guard record.seq == 1, record.isGenesis, record.previous == nil else {
            return find(.deleted, "the beginning is missing: the first line is record \(record.seq)")
        }
    }

    private mutating func judgeAfterBroken(_ record: Position) throws(MintError) {
        let isFirst = log == nil
        let follows = record.seq == (isFirst ? 1 : highestSeq + 1) && record.isRepair && !last.isEmpty
        if follows, record.previous == (try digests.sha256(last.span)) {
            repairs += 1
            broken = nil
            (log, firstSeq) = (log ?? record.log, isFirst ? record.seq : firstSeq)
            isDisplaced = false
            return
        }
        settleBroken(record)
        if isFirst { (log, firstSeq) = (record.log, record.seq) }
        // One fault is one finding, so the lines after it are judged as if it were not there.
        isDisplaced = false
    }

    /// Finds what the broken lines are, by the record after them.
    private mutating func settleBroken(_ next: Position?) {
        guard let broken else { return }
        self.broken = nil
        let lines =
            broken.count == 1 ? "line \(broken.first)" : "lines \(broken.first) to \(broken.first + broken.count - 1)"
        let verb = broken.count == 1 ? "is no record" : "are no records"
        if let next, next.seq == highestSeq + 1, next.previous == lastHash {
            find(.inserted, "\(lines) \(verb), and the records around follow each other: inserted", line: broken.first)
        } else if let next, log != nil, next.seq > highestSeq + 1 {
            let range = AuditFinding.range(highestSeq + 1...next.seq - 1)
            find(
                .edited, "\(lines) \(verb): where \(range) should stand, somebody has written something else",
                line: broken.first)
        } else {
            find(.edited, "\(lines) \(verb): edited, or written by another program", line: broken.first)
        }
    }

    private mutating func accept(_ record: Position, _ text: Span<UInt8>) throws(MintError) {
        last = text.bytes
        (hashBeforeLast, lastHash) = (lastHash, try digests.sha256(text))
        lastSeq = record.seq
        highestSeq = max(highestSeq, record.seq)
        for head in heads where head.seq == record.seq && head.log == record.log {
            guard lastHash.hexadecimal == head.sha256 else { continue }
            matchedHeads.insert(head.description)
            if findings.isEmpty { provenSeq = max(provenSeq ?? 0, head.seq) }
        }
    }

    private mutating func judgeMissing(_ head: AuditHead) {
        let kept = "the head kept elsewhere"
        if let log, head.log != log {
            find(.foreign, "\(kept) is of another log, \(head.log); this one is \(log)")
        } else if head.seq > highestSeq {
            find(.cut, "the end is missing: the log stops at record \(highestSeq), and \(kept) is record \(head.seq)")
        } else {
            find(.rewritten, "record \(head.seq) is not the one whose head was kept elsewhere: it was written anew")
        }
    }
}

/// A fault of a log.
package struct AuditFinding: Equatable, Sendable {
    /// The raw values are stable.
    package enum Kind: String, CaseIterable, Sendable {
        case edited, deleted, inserted, reordered, cut, rewritten, forked, foreign, torn
    }

    package let kind: Kind
    /// The number of the line, from 1.
    package let line: Int
    package let sentence: String
    /// The numbers of the records that are missing here.
    var missing: ClosedRange<Int>?

    static func range(_ numbers: ClosedRange<Int>) -> String {
        numbers.count == 1 ? "record \(numbers.lowerBound)" : "records \(numbers.lowerBound) to \(numbers.upperBound)"
    }
}
