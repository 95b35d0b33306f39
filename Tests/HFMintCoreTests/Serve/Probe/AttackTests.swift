import HFMintCore
import HFMintTesting
import Testing

@Suite("attacks")
struct AttackTests {
    static let front = Origin("https://hub.acme.example".utf8) ?? .huggingFace
    static let tokens = ForgedTokens(
        like: nil, audience: AttackTests.front, now: Timestamp(secondsSince1970: 1_800_000_000))
    static let model = try? TestPolicy.resource("acme/model")

    static func subject(allowed: Resource? = model, hasTicket: Bool = true, isOpen: Bool = false) -> ProbeSubject {
        ProbeSubject(
            front: front, stranger: "hfmint-probe-x", allowed: allowed, hasTicket: hasTicket, isOpen: isOpen,
            tokens: tokens)
    }

    private static let subjects = [
        subject(), subject(allowed: nil, hasTicket: false), subject(hasTicket: false, isOpen: true),
        subject(allowed: try? TestPolicy.resource("datasets/acme/data")),
    ]

    /// What the manifest of a careful company says: somebody may read `acme/model`, and anybody `acme/open`.
    private func decision(_ attack: Attack, claims: Claims?) throws -> RequestDecision {
        let manifest = try TestPolicy.manifest(
            """
            { version: 1, roles: { reader: { access: 'read', resources: ['acme/*', 'datasets/acme/*'] } },
              grants: [\(TestPolicy.grant("reader", [("repository", "acme/training")]))],
              serve: { origin: 'https://hub.acme.example', socket: '/run/s.sock', delivery: 'token',
                hosts: { 'hub.acme.example': { kind: 'hub' } },
                credentials: [{ resources: ['acme/*', 'datasets/acme/*'], right: 'read', token: 'env:READ' }] } }
            """)
        let point = DecisionPoint(policy: try manifest.policy(), definition: try #require(manifest.serve))
        return point.decide(
            DecisionPoint.Request(
                method: Array(attack.method.utf8), host: "hub.acme.example", target: Array(attack.target.utf8),
                caller: claims.map { DecisionPoint.Caller($0) }))
    }

    @Test("are all told apart by their names", arguments: subjects)
    func names(subject: ProbeSubject) {
        let names = allAttacks(on: subject).map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test("are refused by a decision point, even to somebody who may read", arguments: subjects)
    func refused(subject: ProbeSubject) throws {
        let claims = try testClaims(["iss": .string(TestPolicy.gitHub), "repository": "acme/training"])
        for attack in allAttacks(on: subject) where attack.expectation == .refused {
            let isCaller = attack.credential == .caller
            guard case .refused = try decision(attack, claims: isCaller ? claims : nil) else {
                Issue.record("\(attack.name) would be let through: \(attack.sent)")
                continue
            }
        }
    }

    @Test("aim bent paths at what may be read, so that only the form is wrong")
    func bent() throws {
        let claims = try testClaims(["iss": .string(TestPolicy.gitHub), "repository": "acme/training"])
        let straight = Attack("straight", .path, "/api/models/acme/model")
        guard case .allowed = try decision(straight, claims: claims) else {
            Issue.record("somebody who may read is refused")
            return
        }
        let bent = allAttacks(on: Self.subject()).filter { $0.name.hasPrefix("encoded slash") }
        #expect(bent.map(\.target) == ["/api/models/acme%2Fmodel", "/api/models/acme%2fmodel"])
    }

    @Test("destroy nothing: what changes something names an owner that nobody has", arguments: subjects)
    func harmless(subject: ProbeSubject) {
        for attack in allAttacks(on: subject) where !["GET", "HEAD", "OPTIONS", "TRACE"].contains(attack.method) {
            let body = attack.body.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            let isStrangers = attack.target.contains("hfmint-probe-x") || body.contains("hfmint-probe-x")
            let isTrade = attack.target == "/oauth/token"
            // No server does anything for a method that it does not know.
            let isNoMethod = ["get", "HFMINT", "PROPFIND", "CONNECT"].contains(attack.method)
            #expect(isStrangers || isTrade || isNoMethod, "\(attack.name): \(attack.sent)")
        }
    }

    @Test("hold nothing that would end a request line or a header", arguments: subjects)
    func lines(subject: ProbeSubject) {
        for attack in allAttacks(on: subject) {
            #expect(attack.target.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }, "\(attack.name)")
            #expect(attack.headers.allSatisfy { !$0.value.isEmpty && $0.value.utf8.allSatisfy { $0 >= 0x20 } })
        }
    }

    @Test("need a ticket to bend one, and a repository to compare answers")
    func needs() {
        let bare = allAttacks(on: Self.subject(allowed: nil, hasTicket: false))
        #expect(!bare.contains { $0.expectation == .unchanged || $0.followsAllowed })
        #expect(!bare.contains { if case .ticket = $0.credential { true } else { false } })
        let whole = allAttacks(on: Self.subject())
        #expect(whole.count { if case .ticket = $0.credential { true } else { false } } == 5)
        #expect(whole.contains { $0.followsAllowed })
        #expect(!allAttacks(on: Self.subject(isOpen: true)).contains { $0.followsAllowed })
    }

    @Test("forge the claims of a grant")
    func forged() throws {
        let policy = try TestPolicy.policy(
            TestPolicy.root(
                roles: "reader: { access: 'read', resources: ['acme/*'] }",
                grants: [TestPolicy.grant("reader", [("sub", "repo:acme/x"), ("ref", "main")])]))
        let tokens = ForgedTokens(
            like: policy.grants.first, audience: Self.front, now: Timestamp(secondsSince1970: 1_800_000_000))
        let subject = ProbeSubject(front: Self.front, stranger: "hfmint-probe-x", tokens: tokens)
        let trade = try #require(
            allAttacks(on: subject).first { $0.name == "ID token traded with a wrong signature" }?.body)
        let form = String(decoding: trade.bytes, as: UTF8.self)
        let text = try #require(form.split(separator: "&").first { $0.hasPrefix("subject_token=") })
        let token = try IDToken.parse(Secret(String(text.dropFirst("subject_token=".count))))
        #expect(token.claims["iss"] == TestPolicy.gitHub)
        #expect(token.claims["sub"] == "repo:acme/x")
        #expect(token.claims["ref"] == "main")
        #expect(token.claims["aud"] == "https://hub.acme.example")
    }
}
