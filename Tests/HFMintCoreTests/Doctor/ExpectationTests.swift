import HFMintCore
import HFMintTesting
import Testing

@Suite("expectation")
struct ExpectationTests {
    @Test("is read up to its first equals sign")
    func parse() throws {
        #expect(
            try Expectation.parse(["branch=main", "sub=a=b"])
                == [Expectation(claim: "branch", value: "main"), Expectation(claim: "sub", value: "a=b")])
    }

    @Test("refuses what is no CLAIM=VALUE", arguments: ["", "branch", "=main", "branch=", "="])
    func refused(text: String) {
        #expect(throws: MintError.self) { try Expectation.parse([text]) }
    }

    @Test("refuses a claim twice, also with the same value", arguments: ["main", "release"])
    func twice(value: String) {
        #expect(throws: MintError.self) { try Expectation.parse(["branch=main", "branch=\(value)"]) }
    }

    @Test(
        "takes `branch` from `ref` as the Hub's form means it",
        arguments: [
            (["ref": "refs/heads/main"], "main"), (["ref": "refs/heads/a/b"], "a/b"),
            (["ref": "refs/tags/v1"], nil), (["ref": "refs/pull/7/merge"], nil), (["ref": "refs/heads"], nil),
            (["ref": "main"], nil), (["ref": "main", "ref_type": "branch"], "main"),
            (["ref": "v1", "ref_type": "tag"], nil), ([:], nil), (["ref": 7], nil),
        ] as [([String: ClaimValue], String?)])
    func branch(claims: [String: ClaimValue], branch: String?) throws {
        #expect(try testClaims(claims).branch == branch)
    }

    @Test("takes `workflow` from the file names of caller and callee")
    func workflow() throws {
        let same = try testClaims(TestExamination.claims)
        #expect(same.value(pinned: "workflow") == .string(Array("publish.yml".utf8)))
        let other = try TestExamination.make(["job_workflow_ref": "acme/shared/.github/workflows/r.yml@v1"])
        #expect(
            other.knownClaims?.value(pinned: "workflow")
                == .either(caller: Array("publish.yml".utf8), callee: Array("r.yml".utf8)))
        // Without a `workflow_ref` it is a claim like any other.
        #expect(try testClaims(["workflow": "w"]).value(pinned: "workflow") == .string(Array("w".utf8)))
    }
}

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
            ("repository", "acme/old", [:], "rename"),
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
