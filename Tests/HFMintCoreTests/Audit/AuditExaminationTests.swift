@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("audit log: verification")
struct AuditExaminationTests {
    private static let digests = TestDigests()

    /// Nine records, with a line feed behind each; `number` sets two logs apart.
    private static func lines(_ number: UInt64 = 7, reasons: String = "", count: Int = 8) throws -> [String] {
        var chain = AuditChain(beginningWith: { number })
        return try (1...count).flatMap { index in
            try chain.extend(
                with: AuditEvent(.tokenServed, reason: "\(reasons)\(index)"), at: FrozenClock.usualNow,
                digests: digests
            ).map { String(decoding: $0.line, as: UTF8.self) + "\n" }
        }
    }

    private static func head(_ lines: [String], _ seq: Int) throws -> AuditHead {
        let line = String(lines[seq - 1].dropLast())
        let entry = AuditEntry(Array(line.utf8).span)
        return AuditHead(
            log: try #require(entry).log, seq: seq, sha256: try digests.sha256(Array(line.utf8).span).hexadecimal)
    }

    /// In pieces of `size` bytes.
    private func examine(_ lines: [String], heads: [AuditHead] = [], size: Int = 1_000) throws -> AuditExamination {
        var examination = AuditExamination(heads: heads, digests: Self.digests)
        let bytes = Array(lines.joined().utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try examination.read(Array(bytes[start..<min(bytes.count, start + size)]).span)
        }
        try examination.finish()
        return examination
    }

    @Test("a log that nobody touched is consistent, in pieces of any size", arguments: [1, 7, 333, 1 << 20])
    func consistent(size: Int) throws {
        let lines = try Self.lines()
        let examination = try examine(lines, size: size)
        #expect(examination.findings == [])
        #expect((examination.recordCount, examination.firstSeq, examination.lastSeq) == (9, 1, 9))
        #expect(examination.provenSeq == nil)
        let head = try Self.head(lines, 9)
        #expect(examination.head == head)
    }

    @Test("a head that was kept elsewhere proves what stands before it")
    func proven() throws {
        let lines = try Self.lines()
        let heads = [try Self.head(lines, 3), try Self.head(lines, 6)]
        #expect(try examine(lines, heads: heads).provenSeq == 6)
    }

    @Test("every tampering is found, in whichever line, and named", arguments: 1...7)
    func tampering(at index: Int) throws {
        let lines = try Self.lines()
        var copy = lines
        func kinds(_ lines: [String]) throws -> [AuditFinding.Kind] { try examine(lines).findings.map(\.kind) }

        copy[index] = lines[index].replacing("\"reason\":\"", with: "\"reason\":\"x")
        #expect(try kinds(copy) == [.edited])

        copy[index] = "nonsense\n"
        #expect(try kinds(copy) == [.edited])

        copy = lines
        copy.remove(at: index)
        #expect(try kinds(copy) == [.deleted])

        copy = lines
        copy.insert("nonsense\n", at: index)
        #expect(try kinds(copy) == [.inserted])

        copy = lines
        copy.insert(lines[index - 1], at: index + 1)
        #expect(try kinds(copy) == [.inserted])

        copy = lines
        copy.swapAt(index, index + 1)
        #expect(try kinds(copy) == [.reordered])

        copy = lines
        copy.append(copy.remove(at: index))
        #expect(try kinds(copy) == [.reordered])
    }

    @Test("a beginning that is gone is found", arguments: 1...8)
    func beginning(count: Int) throws {
        #expect(try examine(Array(try Self.lines().dropFirst(count))).findings.map(\.kind) == [.deleted])
    }

    @Test("a cut end is found by a head that was kept elsewhere, and by nothing else", arguments: 1...8)
    func cut(count: Int) throws {
        let lines = try Self.lines()
        let rest = Array(lines.dropLast(count))
        #expect(try examine(rest).findings == [])
        #expect(try examine(rest, heads: [Self.head(lines, 9)]).findings.map(\.kind) == [.cut])
    }

    @Test("a log that was written anew, consistently, is found by a head")
    func rewritten() throws {
        let (lines, others) = (try Self.lines(), try Self.lines(reasons: "other "))
        #expect(try examine(others).findings == [])
        #expect(try examine(others, heads: [Self.head(lines, 5)]).findings.map(\.kind) == [.rewritten])
        let elsewhere = try Self.lines(8)
        #expect(try examine(elsewhere, heads: [Self.head(lines, 5)]).findings.map(\.kind) == [.foreign])
    }

    @Test("two writers without a lock are found")
    func forked() throws {
        let lines = try Self.lines()
        var chain = try #require(AuditChain(tail: Array(lines[..<5].joined().utf8), isWhole: true, random: { 7 }))
        let other = try chain.extend(
            with: AuditEvent(.tokenServed, reason: "other"), at: FrozenClock.usualNow, digests: Self.digests)
        var copy = lines
        copy.insert(String(decoding: chain.bytes(of: other), as: UTF8.self), at: 5)
        let findings = try examine(copy).findings
        #expect(findings.map(\.kind) == [.forked])
        #expect(findings[0].line == 7)
        #expect(findings[0].sentence.contains("two writers"))
    }

    @Test("lines of another log are found")
    func foreign() throws {
        var copy = try Self.lines()
        copy.insert(contentsOf: try Self.lines(8)[2...4], at: 4)
        #expect(try examine(copy).findings.map(\.kind) == [.foreign])
    }

    @Test("a torn end is found, and no finding any more when it was repaired", arguments: [1, 50, 200])
    func torn(kept: Int) throws {
        let lines = try Self.lines()
        var copy = Array(lines[..<5])
        copy.append(String(lines[5].prefix(kept)))
        #expect(try examine(copy).findings.map(\.kind) == [.torn])

        var chain = try #require(AuditChain(tail: Array(copy.joined().utf8), isWhole: true, random: { 7 }))
        let links = try chain.extend(with: AuditEvent(.tokenServed), at: FrozenClock.usualNow, digests: Self.digests)
        copy.append(String(decoding: chain.bytes(of: links), as: UTF8.self))
        let mended = try examine(copy)
        #expect(mended.findings == [])
        #expect(mended.repairs == 1)

        // The repair covers both the torn line and the whole one before it.
        copy[5] = "y" + copy[5].dropFirst()
        #expect(try examine(copy).findings.map(\.kind) == [.edited])
        copy[5] = String(lines[5].prefix(kept))
        copy[4] = lines[4].replacing("\"reason\":\"", with: "\"reason\":\"x")
        #expect(!(try examine(copy).findings.isEmpty))
    }

    @Test("a line longer than any of hfmint's is passed over, whatever its length")
    func longLine() throws {
        var lines = try Self.lines()
        lines.insert(String(repeating: "z", count: 1 << 20) + "\n", at: 4)
        #expect(try examine(lines, size: 4_096).findings.map(\.kind) == [.inserted])
    }

    @Test("garbage of any length gives a bounded report")
    func garbage() throws {
        let lines = try Self.lines() + (0..<150).flatMap { _ in ["x\n", try Self.lines()[3]] }
        #expect(try examine(lines).findings.count == 100)
    }

    @Test("an empty log is consistent, and lacks what a head says")
    func empty() throws {
        #expect(try examine([]).findings == [])
        #expect(try examine([], heads: [Self.head(Self.lines(), 3)]).findings.map(\.kind) == [.cut])
    }
}
