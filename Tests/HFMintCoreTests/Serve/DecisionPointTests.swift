import HFMintCore
import HFMintTesting
import Testing

@Suite("decision point")
struct DecisionPointTests {
    private static let roles = """
        reader: { access: 'read', resources: ['acme/*', 'datasets/acme/*'] },
        writer: { access: 'write', resources: ['acme/*'] },
        keeper: { access: 'admin', resources: ['acme/*', 'spaces/acme/app'] }
        """
    private static let credentials = """
        [
          { resources: ['acme/*'], right: 'admin', token: 'env:ADMIN' },
          { resources: ['acme/*', 'datasets/acme/data'], right: 'read', token: 'env:READ' },
          { resources: ['acme/*'], right: 'write', member: 'ci@acme.example', client: { id: 'env:ID', secret: 'env:S' } },
          { resources: ['acme/*'], right: 'write', token: 'env:WRITE' },
        ]
        """

    private func point(
        credentials: String = Self.credentials, granting granted: [String], anonymous: String = "[]"
    ) throws -> DecisionPoint {
        let grants = granted.map { TestPolicy.grant($0, [("repository", "acme/training")]) }
        let others = ["reader", "writer"].map { TestPolicy.grant($0, [("repository", "acme/elsewhere")]) }
        let manifest = try TestPolicy.manifest(
            """
            { version: 1, roles: { \(Self.roles) }, grants: [\((grants + others).joined(separator: ",\n"))],
              serve: { origin: 'https://hub.acme.example', socket: '/run/s.sock', delivery: 'token',
                hosts: { 'hub.acme.example': { kind: 'hub' }, 'router.acme.example': { kind: 'router' } },
                credentials: \(credentials), anonymous: \(anonymous) } }
            """)
        return DecisionPoint(policy: try manifest.policy(), definition: try #require(manifest.serve))
    }

    /// The right, the resource, the role and the credential, or the status and the code of the refusal.
    private func answer(
        _ point: DecisionPoint, _ method: String, _ path: String, host: String = "hub.acme.example",
        claims: [String: ClaimValue]? = ["iss": .string(TestPolicy.gitHub), "repository": "acme/training"]
    ) throws -> String {
        let request = try #require(
            DecisionPoint.Request(
                method: method, url: "https://\(host)\(path)", claims: try claims.map { try testClaims($0) }))
        switch point.decide(request) {
        case .allowed(let allowed):
            let what = "\(allowed.right.rawValue) \(allowed.resource?.canonical ?? "signed")"
            guard let admission = allowed.admission else { return "\(what) for anybody" }
            return "\(what) as \(admission.role.name) with \(admission.credential.source.name)"
        case .refused(let refused): return "\(refused.code.status) \(refused.code.rawValue)"
        }
    }

    private let file = "/acme/model/resolve/main/config.json"
    private let commit = "/api/models/acme/model/commit/main"

    @Test("sends the first of the weakest credentials that open what is asked for")
    func credential() throws {
        let point = try point(granting: ["reader", "writer", "keeper"])
        #expect(try answer(point, "GET", file) == "read acme/model as reader with READ")
        #expect(try answer(point, "POST", commit) == "write acme/model as writer with ci@acme.example")
        #expect(
            try answer(point, "PUT", "/api/models/acme/model/settings") == "admin acme/model as keeper with ADMIN")
    }

    @Test("refuses what is not granted, and what no credential opens")
    func refused() throws {
        let point = try point(granting: ["reader"])
        #expect(try answer(point, "POST", commit) == "403 other-claims")
        #expect(try answer(point, "PUT", "/api/models/acme/model/settings") == "403 not-granted")
        #expect(try answer(point, "GET", "/other/model/resolve/main/x") == "403 not-covered")
        #expect(try answer(point, "POST", "/api/datasets/acme/data/commit/main") == "403 access-too-low")
        #expect(try answer(point, "GET", "/datasets/acme/other/resolve/main/x") == "403 no-credential")
        #expect(try answer(point, "GET", file, claims: ["iss": "https://gitlab.com"]) == "403 other-claims")
        #expect(try answer(point, "GET", file, claims: [:]) == "403 other-claims")
    }

    @Test("asks for a credential only where one may help")
    func anonymous() throws {
        let point = try point(granting: ["reader"], anonymous: "['acme/open', 'acme/model']")
        #expect(try answer(point, "GET", "/acme/other/resolve/main/x", claims: nil) == "401 identity-needed")
        #expect(try answer(point, "GET", file, claims: nil) == "read acme/model for anybody")
        #expect(try answer(point, "POST", commit, claims: nil) == "401 identity-needed")
        #expect(try answer(point, "GET", "/acme//x", claims: nil) == "403 target-not-canonical")
        #expect(try answer(point, "GET", "/api/repos/create", claims: nil) == "403 repository-in-body")
        // Nobody has less than everybody.
        #expect(try answer(point, "GET", file, claims: ["iss": "x"]) == "read acme/model for anybody")
        #expect(try answer(point, "GET", file) == "read acme/model as reader with READ")
    }

    @Test("opens no more than the role, where only the body says what is done")
    func batch() throws {
        let batch = "/acme/model.git/info/lfs/objects/batch"
        #expect(try answer(point(granting: ["reader"]), "POST", batch) == "read acme/model as reader with READ")
        #expect(
            try answer(point(granting: ["reader", "writer"]), "POST", batch)
                == "write acme/model as writer with ci@acme.example")
        let strong = "[{ resources: ['acme/*'], right: 'write', token: 'env:WRITE' }]"
        #expect(try answer(point(credentials: strong, granting: ["reader"]), "POST", batch) == "403 no-credential")
        #expect(
            try answer(point(credentials: strong, granting: ["reader"]), "GET", file)
                == "read acme/model as reader with WRITE")
        #expect(
            try answer(point(granting: [], anonymous: "['acme/model']"), "POST", batch, claims: nil)
                == "read acme/model for anybody")
    }

    @Test("knows its hosts by their bytes")
    func hosts() throws {
        let point = try point(granting: ["reader"])
        #expect(try answer(point, "GET", file, host: "huggingface.co") == "403 host-unknown")
        #expect(try answer(point, "GET", file, host: "HUB.acme.example") == "read acme/model as reader with READ")
        #expect(try answer(point, "POST", "/v1/chat/completions", host: "router.acme.example") == "403 not-served")
        let request = DecisionPoint.Request(
            method: Array("GET".utf8), host: "HUB.acme.example", target: Array(file.utf8), caller: nil)
        #expect(point.decide(request) == .refused(try refusal(point, host: "nowhere.example")))
    }

    private func refusal(_ point: DecisionPoint, host: String) throws -> RequestDecision.Refused {
        let request = DecisionPoint.Request(
            method: Array("GET".utf8), host: host, target: Array(file.utf8), caller: nil)
        guard case .refused(let refused) = point.decide(request) else { throw WasAllowed() }
        return refused
    }

    private struct WasAllowed: Error {}

    @Test("takes several roles that allow the same for one")
    func severalRoles() throws {
        let manifest = try TestPolicy.manifest(
            """
            { version: 1,
              roles: { one: { access: 'read', resources: ['acme/*'] }, two: { access: 'read', resources: ['acme/model'] } },
              grants: [\(TestPolicy.grant("two", [("repository", "acme/training")])),
                \(TestPolicy.grant("one", [("repository", "acme/training")]))],
              serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
                hosts: { 'hub.acme.example': { kind: 'hub' } },
                credentials: [{ resources: ['acme/*'], right: 'read', token: 'env:READ' }] } }
            """)
        let point = DecisionPoint(policy: try manifest.policy(), definition: try #require(manifest.serve))
        #expect(try answer(point, "GET", file) == "read acme/model as one with READ")
    }

    @Test(
        "takes a URL apart without mending it",
        arguments: [
            ("https://hub.acme.example", "hub.acme.example /"), ("https://hub.acme.example?x", "hub.acme.example /?x"),
            ("https://hub.acme.example:8443//a/../b%2f#c", "hub.acme.example //a/../b%2f#c"),
            ("http://127.0.0.1:8080/a", "127.0.0.1 /a"), ("https://evil@hub.acme.example/a", "none"),
            ("/a", "none"), ("ftp://hub.acme.example/a", "none"), ("https://hub.acme.example\\@evil/a", "none"),
            ("https:///a", "none"), ("", "none"),
        ])
    func url(text: String, expected: String) {
        let request = DecisionPoint.Request(method: "GET", url: text, claims: nil)
        #expect(request.map { "\($0.host) \(String(decoding: $0.target, as: UTF8.self))" } ?? "none" == expected)
    }

    @Test("has a stable word for every refusal, and 401 where another credential may change it")
    func codes() {
        let words = RequestDecision.Code.allCases.map(\.rawValue)
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (97...122).contains($0) } })
        #expect(
            RequestDecision.Code.allCases.filter { $0.status == 401 }
                == [.identityNeeded, .credentialUnknown, .credentialExpired])
    }
}
