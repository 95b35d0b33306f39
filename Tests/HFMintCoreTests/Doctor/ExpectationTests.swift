@testable import HFMintCore
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
