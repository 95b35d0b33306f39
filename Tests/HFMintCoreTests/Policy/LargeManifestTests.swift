import HFMintCore
import HFMintTesting
import Testing

/// Each would take hours where the work grows with the square of the manifest.
@Suite("large manifests", .timeLimit(.minutes(2)))
struct LargeManifestTests {
    private static let claims = [("repository", "acme/training"), ("ref", "refs/heads/main")]

    @Test("with a mistake in every grant are refused, with the first hundred of them")
    func mistakes() throws {
        let long = String(repeating: "r", count: 50)
        let roles = (0..<2_000).map { "\(long)\($0): { access: 'read', resources: ['acme/model'] }" }
        let grants = (0..<2_000).map { TestPolicy.grant("\(long)-\($0)", Self.claims) }
        let text = TestPolicy.root(roles: roles.joined(separator: ",\n"), grants: grants)
        let error = #expect(throws: MintError.self) { try TestPolicy.policy(text) }
        #expect(error?.code == .manifestInvalid)
        #expect(error?.details.count == 100)
        #expect(error?.details.first?.contains("did you mean") == true)
    }

    @Test("let an app narrow a role of many resources")
    func narrow() throws {
        let resources = (0..<20_000).map { "'acme/model-\($0)'" }
        let listed = resources.joined(separator: ", ")
        let root = TestPolicy.root(
            roles: "all: { access: 'read', resources: [\(listed)] }",
            grants: [TestPolicy.grant("all", Self.claims, name: "main")], apps: ["apps/chat.json5"])
        let app = TestPolicy.app(
            roles: "all: { extends: 'all', resources: [\(resources.reversed().joined(separator: ", "))] }",
            grants: [TestPolicy.grant("all", Self.claims, extends: "main")])
        let path = "/m/apps/chat.json5"
        let policy = try TestPolicy.policy(root, beside: [path: app], named: path)
        #expect(policy.role("all")?.patterns.count == resources.count)
        let wide = app.replacing("'acme/model-7'", with: "'acme/model-x'")
        let error = #expect(throws: MintError.self) { try TestPolicy.policy(root, beside: [path: wide], named: path) }
        #expect(error?.details.count == 1)
        #expect(error?.details.first?.contains("'acme/model-x', which the parent's 'all' does not cover") == true)
    }

    @Test("are listed as long as a machine has the memory, and decide beyond that")
    func listed() throws {
        func root(_ count: Int) -> String {
            let resources = (0..<count).map { "'acme/model-\($0)'" }
            let grants = (0..<count).map { TestPolicy.grant("all", Self.claims + [("environment", "e\($0)")]) }
            return TestPolicy.root(
                roles: "all: { access: 'read', resources: [\(resources.joined(separator: ", "))] }", grants: grants)
        }
        #expect(try TestPolicy.graph(root(30)).listable().entitlements.count == 900)
        let many = try TestPolicy.graph(root(1_000))
        let error = #expect(throws: MintError.self) { try many.listable() }
        #expect(error?.code == .manifestInvalid)
        #expect(error?.message == "'/m/hfmint.json5' gives so much that it cannot be listed: 1000000 lines")
        let decision = try many.policies[0].decide(
            role: nil, resource: TestPolicy.resource("acme/model-3"), claims: testClaims(["iss": "x"]))
        guard case .denied = decision else {
            Issue.record("\(decision)")
            return
        }
    }
}
