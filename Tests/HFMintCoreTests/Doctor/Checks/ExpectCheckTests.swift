import HFMintCore
import HFMintTesting
import Testing

@Suite("expect")
struct ExpectCheckTests {
    private func finding(
        _ claim: String, _ value: String, _ changes: [String: ClaimValue] = [:], without: [String] = []
    ) throws -> Finding {
        try Check.finding(
            "expect", TestExamination.make(changes, without: without, expecting: [(claim, value)]))
    }

    @Test("has a line for each claim")
    func lines() throws {
        let examination = try TestExamination.make(expecting: [("branch", "main"), ("repository", "x"), ("a", "b")])
        #expect(Check.findings("expect", examination).map(\.status) == [.ok, .fail, .fail])
    }

    @Test(
        "compares bytes",
        arguments: [
            ("e\u{301}", "\u{E9}"), ("\u{E9}", "e\u{301}"), ("a", "A"), ("a ", "a"), ("a", ""), ("\u{430}", "a"),
        ] as [(String, String)])
    func bytes(expected: String, got: String) throws {
        let finding = try finding("environment", expected, ["environment": .string(got)])
        #expect(finding.status == .fail)
        #expect(try self.finding("environment", expected, ["environment": .string(expected)]).status == .ok)
    }

    @Test("spells out what looks the same")
    func twins() throws {
        let finding = try finding("environment", "pr\u{43E}d", ["environment": "prod"])
        #expect(finding.message == #"environment: expected 'pr\u{043E}d', got 'prod'"#)
        #expect(finding.next == "a character of it only looks like the job's: type it anew at the Hub")
        let accents = try self.finding("environment", "e\u{301}", ["environment": "\u{E9}"])
        #expect(accents.message == #"environment: expected 'e\u{0301}', got '\u{00E9}'"#)
    }

    @Test("warns where equality is not certain")
    func uncertain() throws {
        #expect(try finding("x", "7", ["x": 7]).status == .warn)
        #expect(try finding("x", "true", ["x": true]).status == .warn)
        #expect(try finding("aud", "a", ["aud": ["a", "b"]]).status == .warn)
        #expect(try finding("x", "8", ["x": 7]).status == .fail)
        #expect(try finding("x", "a", ["x": ["y": "a"]]).status == .fail)
    }

    @Test(
        "knows why a claim may differ",
        arguments: [
            ("branch", "main", ["ref": "refs/tags/v1"], "the tag 'v1'"),
            ("branch", "main", ["ref": "refs/pull/7/merge"], "the pull request '7/merge'"),
            ("branch", "release", [:], "run the job on 'release'"),
            ("ref", "main", [:], "written in full"),
            ("ref", "refs/heads/*", [:], "whole values"),
            ("workflow", "Publish", [:], "the name of its file: publish.yml"),
            ("repository", "acme/old", [:], "enter 'acme/training', or pin repository_id=456, which survives"),
            ("repository_owner", "old", [:], "enter 'acme', or pin repository_owner_id=123, which survives"),
            (
                "project_path", "acme/old",
                ["iss": "https://gitlab.com", "project_path": "acme/new", "project_id": "7", "repository_id": "8"],
                "enter 'acme/new', or pin project_id=7, which survives"
            ),
            ("actor", "ada", ["actor": "bob"], "enter what the job has"),
            ("repository", "ACME/training", [:], "capital and small letters"),
            ("repository", "acme/training ", [:], "a space"),
            ("environment", "production", [:], "add `environment: production`"),
            ("sub", "repo:acme/training:ref:refs/heads/main", ["sub": "repo:acme@123/training@456:x"], "numbers"),
            ("absent", "x", [:], "no claim 'absent'"),
            (
                "job_workflow_ref", "acme/training/.github/workflows/publish.yml@refs/heads/main",
                ["job_workflow_ref": "acme/shared/r.yml@v1"], "the caller's workflow"
            ),
        ] as [(String, String, [String: ClaimValue], String)])
    func remedy(claim: String, value: String, changes: [String: ClaimValue], words: String) throws {
        let finding = try finding(claim, value, changes)
        #expect(finding.status == .fail)
        #expect(finding.next?.contains(words) == true, "\(finding.next ?? "")")
    }
}
