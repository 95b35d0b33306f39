import HFMintCore
import HFMintTesting
import Testing

@Suite("gate")
struct GateTests {
    private static func refusal(_ claims: [String: ClaimValue], wants: [(String, String)]) throws -> MintError {
        let policy = try TestPolicy.policy(
            TestPolicy.root(
                roles: "publisher: { access: 'write', resources: ['acme/model'] }",
                grants: [TestPolicy.grant("publisher", wants, name: "main")]))
        let gate = Gate(policy, role: nil)
        let resource = try #require(try TestPolicy.resource("acme/model"))
        let all = claims.merging(["iss": .string(TestPolicy.gitHub)]) { given, _ in given }
        return try #require(throws: MintError.self) { _ = try gate.admit(try testClaims(all), to: resource) }
    }

    @Test("names the claims in which the nearest grant differs, and no other")
    func differences() throws {
        let error = try Self.refusal(
            ["repository": "acme/training", "ref": "refs/heads/dev", "secret": "x"],
            wants: [("repository", "acme/training"), ("ref", "refs/heads/main"), ("environment", "production")])
        #expect(error.code == .policyDenied)
        #expect(error.code.exitStatus == .denied)
        #expect(error.message == "'/m/hfmint.json5' does not let this job have 'acme/model' in the role 'publisher'")
        #expect(
            error.details == [
                "the nearest grant is grants[0] (main) in line 1 of '/m/hfmint.json5':",
                "  ref          wants 'refs/heads/main', and the ID token has 'refs/heads/dev'",
                "  environment  wants 'production', and the ID token has no such claim",
            ])
    }

    @Test("shows no claim that may be a person's")
    func hidden() throws {
        let error = try Self.refusal(
            ["user_email": "someone@acme.example", "aud": ["https://huggingface.co", "x"], "ref": 5],
            wants: [("user_email", "other@acme.example"), ("aud", "https://huggingface.co"), ("ref", "main")])
        let text = error.details.joined(separator: "\n")
        #expect(!text.contains("someone"))
        #expect(text.contains("user_email  wants 'other@acme.example', and the ID token has another value"))
        #expect(text.contains("has a list of 2"))
        #expect(text.contains("has 5, which is not a string"))
    }
}
