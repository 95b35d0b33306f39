@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("diagnosis")
struct DiagnosisTests {
    private func check(_ id: String, _ findings: [Finding]) -> Check { Check(id: id, title: "t") { _ in findings } }

    private func diagnosis(_ checks: [Check]) throws -> Diagnosis {
        Diagnosis(try TestExamination.make(), checks: checks, suggests: false)
    }

    @Test("is as bad as its worst finding")
    func worst() throws {
        let result = try diagnosis([check("a", [.ok("x"), .fail("y", next: "z"), .warn("w", next: "v"), .skip("s")])])
        #expect(result.results.map(\.status) == [.fail])
        #expect(result.failure?.code == .checksFailed)
        #expect(result.failure?.message.hasSuffix(": a") == true)
        #expect(try diagnosis([check("a", [.warn("w", next: "v")])]).failure == nil)
    }

    @Test("puts the next step below what warns or fails, in one column")
    func lines() throws {
        let result = try diagnosis([
            check("a", [.ok("fine", details: ["more"])]), check("long-name", [.fail("broken", next: "fix it")]),
        ])
        #expect(
            result.lines() == [
                "[ok]   a          fine",
                "                  more",
                "[fail] long-name  broken",
                "                  next: fix it",
                "",
                "1 ok, 0 warn, 1 fail, 0 skip",
            ])
        #expect(result.lines(onlyProblems: true).count == 2)
    }

    @Test("escapes whatever a finding quotes")
    func escapes() throws {
        let hostile = "a\n::error::\u{1B}[31m ##[group]\u{202E}"
        let findings: [Finding] = [.fail(hostile, next: hostile, details: [hostile])]
        for line in try diagnosis([check("a", findings)]).lines() {
            #expect(line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
            #expect(!line.contains("##["))
        }
    }
}
