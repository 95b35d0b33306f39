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
        for bytes: [UInt8] in [[0xFF], [0xEF, 0xBB, 0xBF], [0x1B], [0xC2, 0x85], [0xE2, 0x80, 0xA8]] {
            let migration = Migration(
                ".gitlab-ci.yml", bytes + Array("a: $HF_TOKEN\n".utf8), .gitLabCI, given: nil)
            #expect(!migration.doubts.isEmpty)
        }
    }
}

@Suite("migrated jobs")
struct MigratedJobTests {
    /// A workflow of one job that hands the token to one step.
    private func migration(on events: String = "push", run: String = "hf upload acme/model .") -> Migration {
        let text = """
            on: \(events)
            jobs:
              publish:
                runs-on: ubuntu-latest
                steps:
                  - env:
                      HF_TOKEN: ${{ secrets.HF_TOKEN }}
                    run: |
                      \(run)

            """
        return Migration(".github/workflows/a.yml", Array(text.utf8), .gitHubActions, given: nil)
    }

    private func new(_ migration: Migration) -> String {
        guard case .changed(let new, _) = migration.outcome else { return "" }
        return String(decoding: new, as: UTF8.self)
    }

    @Test("get no ID token where strangers can start them", arguments: ["pull_request_target", "[push, issues]"])
    func strangers(events: String) {
        #expect(migration(on: events).doubts.map(\.line) == [1])
        #expect(migration(on: "[push, workflow_run]").doubts.isEmpty)
    }

    @Test("keep the permissions by which they push to their own repository")
    func pushes() {
        #expect(migration(run: "hf upload acme/model . && git push").doubts.map(\.line) == [3])
        let hub = "git push https://acme:$HF_TOKEN@huggingface.co/acme/model"
        #expect(migration(run: hub).doubts.isEmpty)
    }

    @Test("keep the token where the steps that are added would be in another language")
    func shells() {
        let text = """
            on: push
            defaults:
              run:
                shell: python
            jobs:
              publish:
                runs-on: ubuntu-latest
                env:
                  HF_TOKEN: ${{ secrets.HF_TOKEN }}
                steps:
                  - run: print("hello")
                  - run: hf upload acme/model .
                    shell: bash

            """
        let migration = Migration(".github/workflows/a.yml", Array(text.utf8), .gitHubActions, given: nil)
        #expect(migration.doubts.map(\.line) == [4])
    }

    @Test("get a token for each repository that they upload to")
    func repositories() {
        let circle = """
            jobs:
              publish:
                docker:
                  - image: cimg/python:3.13
                steps:
                  - run: hf upload acme/one .
                  - run: hf upload acme/two .
                  - run: hf upload acme/two more

            """
        let text = new(Migration(".circleci/config.yml", Array(circle.utf8), .circleCI, given: nil))
        #expect(text.split(separator: "hfmint exchange acme/one").count == 2)
        #expect(text.split(separator: "hfmint exchange acme/two").count == 2)
        let gitHub = """
            on: push
            jobs:
              publish:
                runs-on: ubuntu-latest
                steps:
                  - run: |
                      hf auth login --token ${{ secrets.HF_TOKEN }}
                      hf upload acme/one .
                  - run: hf upload acme/two .
                    env:
                      HF_TOKEN: ${{ secrets.HF_TOKEN }}

            """
        let other = new(Migration(".github/workflows/a.yml", Array(gitHub.utf8), .gitHubActions, given: nil))
        #expect(other.split(separator: "hfmint exchange acme/one").count == 2)
        #expect(other.split(separator: "hfmint exchange acme/two").count == 2)
    }

    @Test("keep no trap that would take the place of the one that forgets")
    func traps() {
        let text = """
            steps:
              - commands:
                  - trap 'rm -rf work' EXIT
                  - hf upload acme/model work

            """
        let migration = Migration(".buildkite/a.yml", Array(text.utf8), .buildkite, given: nil)
        #expect(migration.doubts.map(\.line) == [3])
    }

    @Test("are found in a line of many uploads in no time", .timeLimit(.minutes(1)))
    func manyUploads() {
        #expect(Migration.concerns(Array(String(repeating: "hf upload ", count: 1 << 13).utf8)))
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
