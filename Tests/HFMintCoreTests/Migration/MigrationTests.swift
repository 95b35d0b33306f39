@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("migration")
struct MigrationTests {
    @Test(
        "reads the remotes that git has",
        arguments: [
            ("https://github.com/acme/training.git", "github.com acme/training"),
            ("https://user:secret@gitlab.com/acme/ml/training", "gitlab.com acme/ml/training"),
            ("git@GitHub.com:acme/training.git", "github.com acme/training"),
            ("ssh://git@code.acme.example:2222/acme/training", "code.acme.example acme/training"),
            ("/srv/git/training.git", nil), ("https://github.com/acme", nil), ("https://a b/c/d", nil),
        ] as [(String, String?)])
    func remotes(url: String, expected: String?) {
        #expect(MigratedRepository.Remote(url).map { "\($0.host) \($0.path)" } == expected)
    }

    @Test("gives nothing to do for files of any form that have nothing to do with the Hub")
    func nothing() {
        for text in ["", "a: 1\na: 2\n", "\t", "# HF_TOKEN\n", "a: &x 1\n---\n"] {
            let migration = Migration(".github/workflows/a.yml", Array(text.utf8), .gitHubActions, given: nil)
            #expect(migration.outcome == .nothing, "\(text)")
        }
    }

    @Test("is not sure of a file that holds a token, and does not quote it")
    func leaked() throws {
        let token = "hf_" + String(repeating: "A", count: 34)
        let text = "jobs:\n  a:\n    env:\n      HF_TOKEN: \(token)\n"
        let migration = Migration(".github/workflows/a.yml", Array(text.utf8), .gitHubActions, given: nil)
        #expect(migration.doubts.map(\.line) == [4])
        #expect(!"\(migration.doubts)".contains(token))
    }

    @Test("leaves the files of a system alone that it does not know")
    func unknownSystem() {
        let text = "steps:\n  - run: hf upload acme/model . --token $HF_TOKEN\n"
        let migration = Migration("a.yml", Array(text.utf8), .semaphore, given: nil)
        #expect(migration.doubts.map(\.reason) == ["hfmint does not edit files of \(Provider.semaphore.title)"])
    }

    @Test("refuses files that are no text")
    func bytes() {
        for bytes: [UInt8] in [[0xFF], [0xEF, 0xBB, 0xBF], [0x1B]] {
            let migration = Migration(
                ".gitlab-ci.yml", bytes + Array("a: $HF_TOKEN\n".utf8), .gitLabCI, given: nil)
            #expect(!migration.doubts.isEmpty)
        }
    }
}

@Suite("changes of lines")
struct LineEditsTests {
    private func diff(_ text: String, _ change: (inout LineEdits) throws -> Void) throws -> (diff: String, new: String)
    {
        let source = SourceText(Array(text.utf8))
        var edits = LineEdits()
        try change(&edits)
        let steps = edits.steps(from: source)
        return (UnifiedDiff("a.yml", steps).text, String(decoding: edits.applied(to: source), as: UTF8.self))
    }

    @Test("keep the line breaks of the file")
    func breaks() throws {
        let (diff, new) = try diff("a\r\nb\r\nc\r\n") { try $0.replace(1, with: ["x", "y"]) }
        #expect(new == "a\r\nx\r\ny\r\nc\r\n")
        #expect(diff == "--- a/a.yml\n+++ b/a.yml\n@@ -1,3 +1,4 @@\n a\r\n-b\r\n+x\r\n+y\r\n c\r\n")
    }

    @Test("keep the end of a file that has no last line break")
    func end() throws {
        let (diff, new) = try diff("a\nb") { $0.insert(["c"], before: 2) }
        #expect(new == "a\nb\nc")
        #expect(
            diff == "--- a/a.yml\n+++ b/a.yml\n@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c\n"
                + "\\ No newline at end of file\n")
        #expect(try self.diff("a\nb") { try $0.remove(1..<2) }.new == "a")
    }

    @Test("stand in a hunk for each place")
    func hunks() throws {
        let text = (1...20).map { "\($0)\n" }.joined()
        let (diff, _) = try diff(text) { edits in
            edits.insert(["x"], before: 0)
            try edits.remove(18..<19)
        }
        #expect(diff.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,3 +1,4 @@", "@@ -16,5 +17,4 @@"])
    }

    @Test("do not meet")
    func meeting() throws {
        var edits = LineEdits()
        try edits.replace(1, with: [])
        #expect(throws: Doubt.self) { try edits.replace(1, with: ["a"]) }
    }
}
