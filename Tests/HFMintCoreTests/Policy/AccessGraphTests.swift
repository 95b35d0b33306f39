import HFMintCore
import HFMintTesting
import Testing

@Suite("access graphs")
struct AccessGraphTests {
    private static func graph(_ roles: String, _ grants: [String]) throws -> AccessGraph {
        try TestPolicy.graph(TestPolicy.root(roles: roles, grants: grants))
    }

    private static let publisher = "publisher: { access: 'write', resources: ['acme/model'] }"
    private static let main = [("repository", "acme/training"), ("ref", "refs/heads/main")]

    private static func concerns(_ claims: [(String, String)]) throws -> [String] {
        try graph(publisher, [TestPolicy.grant("publisher", claims)]).concerns.map {
            "\($0.kind.title): \($0.reason)"
        }
    }

    @Test("have no concern about a grant that is narrow and can match")
    func narrow() throws {
        #expect(try Self.concerns(Self.main + [("repository_id", "7")]).isEmpty)
    }

    @Test(
        "name what is over-wide, and what can never match",
        arguments: [
            ([("repository", "acme/training")], "over-wide: repository alone"),
            ([("repository_owner", "acme"), ("ref_type", "branch")], "over-wide: repository_owner and ref_type alone"),
            (main + [("event_name", "pull_request_target")], "over-wide: strangers can cause"),
            ([("repository", "acme/training"), ("ref", "main")], "can never match: GitHub writes 'ref' in full"),
            (main + [("exp", "1")], "can never match: 'exp' is another in every ID token"),
            ([("repository", "acme/*"), ("ref", "refs/heads/main")], "can never match: 'repository' is compared byte"),
            (main + [("environment", "production ")], "can never match: 'environment' begins or ends with a space"),
            (main + [("branch", "main")], "can never match: 'branch' is a word of the Hub's form"),
            (
                main + [("sub", "repo:acme/other:ref:refs/heads/main")],
                "can never match: 'sub' and 'repository' contradict each other"
            ),
            (
                main + [("environment", "a"), ("sub", "repo:acme/training:environment:b")],
                "can never match: 'sub' and 'environment' contradict each other"
            ),
        ] as [([(String, String)], String)])
    func concerns(claims: [(String, String)], reason: String) throws {
        let found = try Self.concerns(claims)
        #expect(found.contains { $0.hasPrefix(reason) }, "\(found)")
    }

    @Test("name roles that nobody takes, and grants that an earlier one makes idle")
    func withoutEffect() throws {
        let graph = try Self.graph(
            Self.publisher + ", idle: { access: 'read', resources: ['acme/*'] }",
            [
                TestPolicy.grant("publisher", Self.main, name: "first"),
                TestPolicy.grant("publisher", Self.main + [("environment", "production")]),
            ])
        #expect(
            graph.concerns.filter { $0.kind != .renamable }.map { "\($0.label): \($0.reason)" } == [
                "roles.idle: 'acme/*' is every model of acme, also later ones",
                "roles.idle: no grant gives it to anybody",
                "grants[1]: grants[0] (first) gives the role to all whom this one means",
            ])
    }

    @Test("list each Trusted Publisher once, with every claim of the grant and no other")
    func publishers() throws {
        let graph = try Self.graph(
            "publisher: { access: 'write', resources: ['acme/model', 'datasets/acme/*'] },"
                + " same: { access: 'write', resources: ['acme/model'] }",
            [
                TestPolicy.grant("publisher", Self.main, name: "main"), TestPolicy.grant("same", Self.main),
                TestPolicy.grant("same", Self.main + [("sub", "x")]),
            ])
        let publishers = graph.neededPublishers
        #expect(publishers.map(\.opens.text) == ["acme/model", "datasets/acme/*", "acme/model"])
        #expect(publishers[0].grants == ["grants[0] (main)", "grants[1]"])
        #expect(publishers[0].form.preset == "GitHub")
        #expect(
            publishers[0].form.rows.map { "\($0.claim)=\($0.value)" } == ["repository=acme/training", "branch=main"])
        #expect(publishers[0].page(on: .huggingFace) == "https://huggingface.co/acme/model/settings")
        #expect(publishers[1].page(on: .huggingFace) == nil)
        #expect(publishers[2].form.preset == "Custom")
        #expect(publishers[2].form.rows.map(\.claim) == ["repository", "ref", "sub"])
    }

    @Test(
        "enter a grant as the preset of its issuer takes it",
        arguments: [
            (TestPolicy.gitHub, main, "GitHub", ["repository", "branch"]),
            (TestPolicy.gitHub, [("repository", "acme/t"), ("ref", "refs/tags/v1")], "Custom", ["repository", "ref"]),
            (TestPolicy.gitHub + "/acme", main, "Custom", ["repository", "ref"]),
            ("https://gitlab.com", [("project_path", "acme/t"), ("ref", "main")], "GitLab", ["project_path", "ref"]),
            ("https://gitlab.acme.example", [("project_path", "acme/t")], "Custom", ["project_path"]),
            ("https://oidc.circleci.com/org/1", [("sub", "x")], "CircleCI", ["sub"]),
            ("https://oidc.circleci.com", [("sub", "x")], "Custom", ["sub"]),
            ("https://agent.buildkite.com", [("pipeline_id", "x")], "Custom", ["pipeline_id"]),
        ] as [(String, [(String, String)], String, [String])])
    func presets(issuer: String, claims: [(String, String)], preset: String, rows: [String]) throws {
        let graph = try Self.graph(Self.publisher, [TestPolicy.grant("publisher", claims, issuer: issuer)])
        let form = try #require(graph.neededPublishers.first).form
        #expect(form.preset == preset)
        #expect(form.rows.map(\.claim) == rows)
    }

    @Test("tell who gained and who lost")
    func changes() throws {
        let old = try Self.graph(
            Self.publisher + ", reader: { access: 'read', resources: ['acme/model'] }",
            [TestPolicy.grant("publisher", Self.main), TestPolicy.grant("reader", [("repository", "acme/eval")])])
        let new = try Self.graph(
            "publisher: { access: 'write', resources: ['acme/model', 'acme/second'] },"
                + " reader: { access: 'write', resources: ['acme/model'] }",
            [
                TestPolicy.grant("publisher", Self.main + [("environment", "production")]),
                TestPolicy.grant("reader", [("repository", "acme/eval")]),
            ])
        let change = AccessChange(from: old, to: new)
        func text(_ lines: [AccessChange.Line]) -> [String] {
            lines.map { "\($0.access.rawValue) \($0.opens) \($0.role)" }
        }
        // The environment narrows what was there; the second model and the reader's writing are new.
        #expect(text(change.gained) == ["write acme/second publisher", "write acme/model reader"])
        // Without the environment the first job has nothing any more.
        #expect(text(change.lost) == ["write acme/model publisher"])
        #expect(AccessChange(from: old, to: old).gained.isEmpty)
        #expect(AccessChange(from: old, to: old).lost.isEmpty)
    }
}
