import Foundation
import HFMintCore
import Testing

@Suite("rotation runbook")
struct RunbookTests {
    @Test("has a heading for each reason to stop for a person, and no other")
    func headings() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/rotation-runbook.md"), encoding: .utf8)
        let headings = page.split(separator: "\n").filter { $0.hasPrefix("## `") }.map {
            String($0.dropFirst(4).prefix { $0 != "`" })
        }
        #expect(Set(headings).count == headings.count)
        #expect(Set(headings) == Set(Attention.Reason.allCases.map(\.rawValue)))
        for section in page.components(separatedBy: "\n## `").dropFirst() {
            #expect(
                section.contains("**What is true.**") && section.contains("**What to type.**"), "\(section.prefix(20))")
        }
    }

    @Test("is named by each hint, with the heading", arguments: Attention.Reason.allCases)
    func hints(reason: Attention.Reason) {
        let hint = Attention(reason, "x").hint(for: "app")
        #expect(hint.contains("docs/rotation-runbook.md") && hint.contains("'\(reason.rawValue)'"))
        #expect(hint.contains("hfmint rotate"))
    }
}
