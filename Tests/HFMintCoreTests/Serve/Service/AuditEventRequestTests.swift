@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("record of a request")
struct AuditEventRequestTests {
    private static let commit = "/api/models/acme/model/commit/main"
    private static let claims: [String: ClaimValue] = [
        "iss": .string(TestPolicy.gitHub), "sub": "repo:acme/training", "repository": "acme/training",
    ]

    private func point() throws -> DecisionPoint {
        let manifest = try TestPolicy.manifest(
            """
            { version: 1,
              roles: { reader: { access: 'read', resources: ['acme/*'] }, writer: { access: 'write', resources: ['acme/*'] } },
              grants: [\(TestPolicy.grant("reader", [("repository", "acme/elsewhere")])),
                \(TestPolicy.grant("writer", [("repository", "acme/training")], name: "production"))],
              serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
                hosts: { 'hub.acme.example': { kind: 'hub' } }, anonymous: ['acme/open'],
                credentials: [{ resources: ['acme/*'], right: 'write', token: 'env:WRITE' }] } }
            """)
        return DecisionPoint(policy: try manifest.policy(), definition: try #require(manifest.serve))
    }

    private func request(
        _ target: String, method: String = "POST", claims: [String: ClaimValue]? = Self.claims,
        peer: String = "10.0.0.7"
    ) throws -> AuditEvent.Request {
        AuditEvent.Request(
            method: Array(method.utf8), host: "hub.acme.example", target: Array(target.utf8),
            claims: try claims.map { try testClaims($0) }, peer: peer, id: "4f53", tokenSHA256: "00ff",
            microseconds: 84)
    }

    private func event(_ request: AuditEvent.Request, isEnforced: Bool = true) throws -> AuditEvent {
        let decision = try point().decide(
            DecisionPoint.Request(
                method: request.method, host: request.host, target: request.target,
                caller: request.claims.map { DecisionPoint.Caller($0) }))
        return .request(decision, about: request, isEnforced: isEnforced)
    }

    @Test("of a yes says who, what, by which grant and with which credential")
    func allowed() throws {
        let event = try event(request(Self.commit + "?hot=hf_secret"))
        #expect(event.kind == .requestAllowed && event.decision == .allowed)
        #expect(event.actor == .init(issuer: TestPolicy.gitHub, subject: "repo:acme/training", verified: .hfmint))
        #expect(event.role == "writer" && event.resource == "acme/model")
        #expect(event.requestID == "4f53" && event.tokenSHA256 == "00ff" && event.expiresAt == nil)
        #expect(
            event.reason
                == "code=- right=write method=POST host=hub.acme.example path=/api/models/acme/model/commit/main"
                + " grant=/m/hfmint.json5:grants[1] credential=serve.credentials[0] peer=10.0.0.7 us=84")
    }

    @Test("of a no says whether that was decided")
    func failed() throws {
        let request = try request(Self.commit)
        for (code, verdict) in [(RequestDecision.Code.notGranted, "denied"), (.unavailable, "failed")] {
            let refused = RequestDecision.Refused(code, "is refused")
            #expect(AuditEvent.request(.refused(refused), about: request).decision?.rawValue == verdict)
        }
    }

    @Test("of a yes to anybody names nobody")
    func anonymous() throws {
        let event = try event(request("/acme/open/resolve/main/x", method: "GET", claims: nil))
        #expect(event.kind == .requestAllowed && event.actor == nil && event.role == nil)
        #expect(event.resource == "acme/open")
        #expect(
            event.reason == "code=- right=read method=GET host=hub.acme.example path=/acme/open/resolve/main/x"
                + " grant=- credential=- peer=10.0.0.7 us=84")
    }

    @Test("of a no says why, and which grant is nearest")
    func refused() throws {
        let claims = Self.claims.merging(["repository": "acme/other"]) { _, new in new }
        let event = try event(request(Self.commit, claims: claims))
        #expect(event.kind == .requestRefused && event.decision == .denied)
        #expect(event.actor?.verified == .hfmint && event.role == "writer" && event.resource == "acme/model")
        #expect(event.reason?.hasPrefix("code=other-claims right=write method=POST ") == true)
        #expect(event.reason?.contains(" grant=/m/hfmint.json5:grants[1] credential=- ") == true)
        let tolerated = try self.event(request(Self.commit, claims: claims), isEnforced: false)
        #expect(tolerated.kind == .requestRefused)
        #expect(tolerated.reason?.hasPrefix("code=other-claims(not-enforced) ") == true)
    }

    @Test(
        "holds a path in visible letters, without what stands behind it",
        arguments: [
            ("/a b\r\n\u{1B}é=c", "/a%20b%0D%0A%1B%C3%A9=c"), ("/a?b#c?d", "/a"), ("/a#b?c", "/a"), ("?a", "-"),
            ("", "-"), ("/a path=b peer=c", "/a%20path=b%20peer=c"),
            ("/" + String(repeating: "a", count: 511), "/" + String(repeating: "a", count: 511)),
            ("/" + String(repeating: "a", count: 8_000), "/" + String(repeating: "a", count: 511) + "…(8001)"),
            (String(repeating: " ", count: 600), String(repeating: "%20", count: 170) + "…(600)"),
        ])
    func path(target: String, shown: String) throws {
        let reason = try #require(event(request(target, method: "GET")).reason)
        #expect(reason.split(separator: " ").map(String.init).contains("path=\(shown)"))
        #expect(reason.split(separator: " ").count == 9)
    }

    @Test("is written whole, and without what looks like a token")
    func written() throws {
        let longest = String(repeating: "\u{7F}", count: 8_192)
        let event = try event(request("/" + longest, method: longest, peer: longest))
        #expect((event.reason?.utf8.count ?? .max) < AuditLine.textLimit)
        for token in [
            "hf_jwt_abcdefgh.x", "hf_ticket_" + String(repeating: "abcdefgh", count: 6) + ".x", "https://u:p@h",
        ] {
            let event = try self.event(request("/\(token)/x"))
            let line = AuditLine.bytes(
                event, log: String(repeating: "0", count: 32), seq: 1, time: FrozenClock.usualNow, previous: nil)
            let text = String(decoding: line, as: UTF8.self)
            #expect(AuditEntry(line.span) != nil && text.contains("[redacted]"))
            #expect(!text.contains("abcdefgh") && !text.contains("u:p"))
        }
    }
}
