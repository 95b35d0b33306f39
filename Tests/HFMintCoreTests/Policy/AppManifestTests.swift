import HFMintCore
import HFMintTesting
import Testing

/// A parent and an app that narrows it; each test breaks one thing.
@Suite("manifests of apps")
struct AppManifestTests {
    private static let root = TestPolicy.root(
        roles: "publisher: { access: 'write', resources: ['acme/chat', 'datasets/acme/*'] },"
            + " reader: { access: 'read', resources: ['acme/chat'] }",
        grants: [
            TestPolicy.grant("publisher", [("repository", "acme/mono"), ("ref", "refs/heads/main")], name: "main"),
            TestPolicy.grant("reader", [("repository", "acme/mono")], name: "any"),
        ], apps: ["apps/chat.json5"])

    private static func app(
        role: String = "extends: 'publisher', resources: ['acme/chat']", given: String = "main",
        claims: [(String, String)] = [
            ("repository", "acme/mono"), ("ref", "refs/heads/main"), ("environment", "chat"),
        ]
    ) -> String {
        TestPolicy.app(
            roles: "chat: { \(role) }", grants: [TestPolicy.grant("chat", claims, name: "chat", extends: given)])
    }

    private static func policy(_ app: String, root: String = root) throws -> Policy {
        try TestPolicy.policy(root, beside: ["/m/apps/chat.json5": app], named: "/m/apps/chat.json5")
    }

    private static func mistakes(_ app: String, root: String = root) throws -> String {
        let error = try #require(throws: MintError.self) { try policy(app, root: root) }
        #expect(error.code == .manifestInvalid)
        #expect(error.code.exitStatus == .usage)
        return ([error.message] + error.details).joined(separator: "\n")
    }

    @Test("take the parent's access and resources where they name none")
    func inherits() throws {
        let role = try #require(try Self.policy(Self.app(role: "extends: 'publisher'")).role("chat"))
        #expect(role.access == .write)
        #expect(role.patterns.map(\.text) == ["acme/chat", "datasets/acme/*"])
        #expect(role.extends == "publisher")
    }

    @Test("decide by their own grants alone")
    func ownGrantsAlone() throws {
        let policy = try Self.policy(Self.app())
        #expect(policy.roles.map(\.name) == ["chat"])
        let claims = try testClaims(["iss": .string(TestPolicy.gitHub), "repository": "acme/mono"])
        let resource = try TestPolicy.resource("acme/chat")
        guard case .denied = try policy.decide(role: nil, resource: resource, claims: claims) else {
            Issue.record("what the parent grants was granted")
            return
        }
    }

    @Test(
        "may not widen",
        arguments: [
            (
                "extends: 'publisher', resources: ['acme/other']",
                "is 'acme/other', which the parent's 'publisher' does not cover"
            ),
            ("extends: 'publisher', resources: ['acme/*']", "is 'acme/*', which"),
            ("extends: 'publisher', resources: ['spaces/acme/chat']", "is 'spaces/acme/chat', which"),
            ("extends: 'reader', access: 'write'", "is more than the parent's 'reader' has (read)"),
            ("extends: 'nobody'", "extends 'nobody', which is no role of the parent"),
            ("access: 'read', resources: ['acme/chat']", "needs 'extends'"),
            ("extends: 'publisher', member: 'a@acme.example'", "is not a key here"),
            ("extends: 'publisher', client: { id: 'env:A', secret: { command: ['/bin/true'] } }", "is not a key here"),
        ])
    func rolesMayNotWiden(role: String, complaint: String) throws {
        let found = try Self.mistakes(Self.app(role: role))
        #expect(found.contains(complaint), "\(found)")
    }

    @Test("may not leave out a claim of the parent's grant, nor change it")
    func claimsMayNotWiden() throws {
        let less = try Self.mistakes(Self.app(claims: [("repository", "acme/mono"), ("environment", "chat")]))
        #expect(less.contains("lacks a claim of the parent's 'main': ref=refs/heads/main"), "\(less)")
        let other = try Self.mistakes(
            Self.app(claims: [("repository", "acme/mono"), ("ref", "refs/heads/main "), ("environment", "chat")]))
        #expect(other.contains("lacks a claim of the parent's 'main'"), "\(other)")
    }

    @Test("may not give a role by a grant of another one")
    func grantsOfTheSameRole() throws {
        let found = try Self.mistakes(Self.app(given: "any"))
        #expect(
            found.contains("gives 'chat', which extends 'publisher', but the parent's 'any' gives 'reader'"), "\(found)"
        )
        let unknown = try Self.mistakes(Self.app(given: "none"))
        #expect(unknown.contains("extends 'none', which is no grant of the parent"), "\(unknown)")
    }

    @Test("may not name another issuer")
    func sameIssuer() throws {
        let app = Self.app().replacing(TestPolicy.gitHub, with: "\(TestPolicy.gitHub)/")
        #expect(try Self.mistakes(app).contains("is not the issuer of the parent's 'main'"))
    }

    @Test(
        "may hold roles and grants alone", arguments: ["organization: 'x'", "apps: []", "rotations: {}", "audit: {}"])
    func nothingElse(member: String) throws {
        let app = Self.app().replacing("version: 1,", with: "version: 1, \(member),")
        #expect(try Self.mistakes(app).contains("is not a key here"))
    }

    @Test("must be listed by their parent")
    func listed() throws {
        let root = Self.root.replacing("apps/chat.json5", with: "apps/other.json5")
        #expect(try Self.mistakes(Self.app(), root: root).contains("does not list '/m/apps/chat.json5' under 'apps'"))
    }

    @Test("cannot be used without their parent")
    func parentMustBeThere() throws {
        let app = Self.app().replacing("../hfmint.json5", with: "../gone.json5")
        #expect(try Self.mistakes(app).contains("the parent of '/m/apps/chat.json5' cannot be used"))
        let itself = Self.app().replacing("../hfmint.json5", with: "chat.json5")
        #expect(try Self.mistakes(itself).contains("is itself an app's manifest"))
        #expect(try Self.mistakes(Self.app(), root: "{ version: 2 }").contains("cannot be used"))
    }

    @Test("are read with their parent's graph, and each of their mistakes is told")
    func graph() throws {
        let graph = try TestPolicy.graph(Self.root, beside: ["/m/apps/chat.json5": Self.app()])
        #expect(graph.policies.map(\.manifest) == ["/m/hfmint.json5", "/m/apps/chat.json5"])
        let error = try #require(throws: MintError.self) {
            try TestPolicy.graph(Self.root, beside: ["/m/apps/chat.json5": Self.app(role: "extends: 'nobody'")])
        }
        #expect(error.message == "'/m/hfmint.json5' has 1 app that cannot be used")
        let stranger = Self.app().replacing("../hfmint.json5", with: "/elsewhere/hfmint.json5")
        let other = try #require(throws: MintError.self) {
            try TestPolicy.graph(Self.root, beside: ["/m/apps/chat.json5": stranger])
        }
        #expect(other.details.joined().contains("extends another manifest: '/elsewhere/hfmint.json5'"))
    }
}

extension String {
    /// With every occurrence of `part` replaced.
    fileprivate func replacing(_ part: String, with other: String) -> String {
        let (text, part) = (Array(utf8), Array(part.utf8))
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index...].starts(with: part) {
                result += Array(other.utf8)
                index += part.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
