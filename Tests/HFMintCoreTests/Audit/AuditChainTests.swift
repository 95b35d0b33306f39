@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("audit log: chain")
struct AuditChainTests {
    private let digests = TestDigests()
    private let now = FrozenClock.usualNow

    /// A log of as many records, as the file holds it.
    private func log(_ count: Int, after text: String = "") throws -> String {
        var text = text
        for number in 1...count {
            var chain = try #require(AuditChain(tail: Array(text.utf8), isWhole: true, random: { 7 }))
            let links = try chain.extend(
                with: AuditEvent(.tokenServed, reason: "number \(number)"), at: now, digests: digests)
            text += String(decoding: chain.bytes(of: links), as: UTF8.self)
        }
        return text
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    private func sha256(_ text: String) throws -> String { try digests.sha256(Array(text.utf8).span).hexadecimal }

    private func entry(_ line: String) throws -> AuditEntry {
        let entry = AuditEntry(Array(line.utf8).span)
        return try #require(entry)
    }

    @Test("begins with a record of its own, and each line carries the digest of the line before")
    func begins() throws {
        let lines = lines(try log(2))
        #expect(lines.count == 3)
        let entries = try lines.map(entry)
        #expect(entries.map(\.event) == ["log.created", "token.served", "token.served"])
        #expect(entries.map(\.seq) == [1, 2, 3])
        #expect(entries[0].previous == nil)
        for index in 1..<3 {
            #expect(try entries[index].previous == sha256(lines[index - 1]))
        }
        #expect(Set(entries.map(\.log)).count == 1)
        #expect(entries[0].log.count == 32)
    }

    @Test("a torn line is ended, never cut, and its repair follows", arguments: [1, 40, 300])
    func repairs(kept: Int) throws {
        let whole = try log(2)
        let torn = whole + lines(whole)[2].prefix(kept)
        let mended = try log(1, after: torn)
        #expect(mended.hasPrefix(torn + "\n"))
        let after = lines(mended).suffix(2)
        #expect(try after.map { try entry($0).event } == ["log.repaired", "token.served"])
        #expect(try after.map { try entry($0).seq } == [4, 5])
    }

    @Test("a repair covers the torn line and the whole one before it")
    func repairCoversBoth() throws {
        let torn = try log(1) + "{\"log\":"
        let repair = try entry(lines(try log(1, after: torn))[3])
        let covered = lines(torn)[1] + "\n{\"log\":"
        #expect(try repair.previous == sha256(covered))
    }

    @Test("a whole line that lacks its line feed is kept, and repaired as well")
    func repairsMissingLineFeed() throws {
        let torn = String(try log(2).dropLast())
        let mended = lines(try log(1, after: torn))
        #expect(try mended.map { try entry($0).seq } == [1, 2, 3, 4, 5])
        #expect(try entry(mended[3]).event == "log.repaired")
    }

    @Test("a first line that was torn is ended too")
    func repairsBeginning() throws {
        let mended = lines(try log(1, after: "{\"lo"))
        #expect(mended[0] == "{\"lo")
        #expect(try mended.dropFirst().map { try entry($0).event } == ["log.repaired", "token.served"])
    }

    @Test("what is no audit log is not written to", arguments: ["hello\n", "root:x:0:0\n", "{\"a\":1}\n", "\n", "x"])
    func refuses(text: String) {
        #expect(AuditChain(tail: Array(text.utf8), isWhole: true, random: { 7 }) == nil)
    }

    @Test("a tail that begins in the middle of a line goes on from the last whole one")
    func tail() throws {
        let text = try log(3)
        let tail = Array(text.utf8.suffix(lines(text)[3].utf8.count + 20))
        let chain = try #require(AuditChain(tail: tail, isWhole: false, random: { 7 }))
        #expect(try chain.head(digests)?.seq == 4)
        #expect(AuditChain(tail: Array(text.utf8.suffix(20)), isWhole: false, random: { 7 }) == nil)
    }

    @Test("a head is read as it is written, and nothing else is")
    func heads() throws {
        let head = AuditHead(
            log: String(repeating: "a", count: 32), seq: 12, sha256: String(repeating: "0", count: 64))
        #expect(AuditHead(head.description) == head)
        for text in [
            "", "a:1:b", head.description + ":", head.description.uppercased(), "\(head.log):01:\(head.sha256)",
        ] {
            #expect(AuditHead(text) == nil)
        }
    }

    @Test("what anyone says is one line, bounded, and holds no token")
    func hostile() throws {
        let token = "hf_jwt_" + String(repeating: "a", count: 40)
        let text = "\u{1B}[2J\r::error::x\u{202E}\u{2028}\u{0}##[error]\(token) " + String(repeating: "z", count: 9_000)
        let event = AuditEvent(
            .exchangeDenied, actor: .init(issuer: text, subject: text), role: text, resource: text, reason: text,
            requestID: text)
        let line = AuditLine.bytes(
            event, log: String(repeating: "0", count: 32), seq: 1, time: now, previous: nil)
        #expect(line.count < 6 * 2_400 + 1_000)
        #expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let written = String(decoding: line, as: UTF8.self)
        for part in ["\u{202E}", "\u{2028}", "##", token] { #expect(!written.contains(part)) }
        let entry = try self.entry(written)
        #expect(entry.subject?.hasPrefix("\u{1B}[2J\r::error::x\u{202E}\u{2028}\u{0}##[error][redacted] zzz") == true)
        #expect(entry.subject?.hasSuffix(" bytes)") == true)
        #expect(entry.line.unicodeScalars.allSatisfy { $0.value >= 0x20 && ![0x202E, 0x2028].contains($0.value) })
    }
}
