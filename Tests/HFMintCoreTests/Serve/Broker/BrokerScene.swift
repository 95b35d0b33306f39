@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// A broker, the issuer of its callers' ID tokens, and what is recorded.
struct BrokerScene {
    static let issuer = "https://issuer.example"
    static let otherIssuer = "https://gitlab.example"
    static let now = FrozenClock.usualNow.secondsSince1970

    let machine: FakeMachine
    let broker: Broker
    let snapshot: ServeSnapshot
    let tickets: TicketKeys
    let world = World()

    /// What happens around a broker.
    final class World: Sendable {
        struct State {
            var records: [AuditEvent] = []
            var recordFailure: MintError?
            /// The credentials whose tokens were asked for.
            var asked: [String] = []
            var upstreamFailure: MintError?
            var denied: String?
        }

        private let state = Mutex(State())

        var value: State { state.withLock { $0 } }

        func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    }

    init(_ script: [ScriptedTransport.Exchange] = keys(of: issuer), delivery: String = "ticket") throws {
        let machine = FakeMachine(
            ["TICKETS": "0123456789-0123456789-0123456789"], transport: ScriptedTransport(script),
            signatures: TestSignatures(), random: { 0x0123_4567_89AB_CDEF })
        self.machine = machine
        let manifest = try TestPolicy.manifest(Self.manifest(delivery: delivery))
        let definition = try #require(manifest.serve)
        tickets = try TicketKeys(reading: try #require(definition.tickets), folder: "/m", in: machine.context)
        snapshot = ServeSnapshot(
            point: DecisionPoint(policy: try manifest.policy(), definition: definition), tickets: tickets, digest: "d")
        let world = self.world
        broker = Broker(
            keys: IssuerKeys(), used: try UsedTokens(in: nil, context: machine.context), context: machine.context,
            upstream: { credential, _ throws(MintError) in
                world.change { $0.asked.append(credential.source.name) }
                if let failure = world.value.upstreamFailure { throw failure }
                return SharedSecret(Secret("hf_of_\(credential.source.name)"))
            },
            isDenied: { _, subject, digest in
                world.value.denied.map { subject.equals($0) || digest == $0 } ?? false
            })
    }

    private static func manifest(delivery: String) -> String {
        let grants = [
            TestPolicy.grant("reader", [("repository", "acme/training")], issuer: issuer),
            TestPolicy.grant(
                "publisher", [("repository", "acme/training"), ("ref", "refs/heads/main")], issuer: issuer),
            TestPolicy.grant("stranger", [("repository", "other/secret-project")], issuer: issuer),
            TestPolicy.grant("reader", [("project_path", "acme/training")], issuer: otherIssuer),
        ]
        return """
            { version: 1,
              roles: {
                reader: { access: 'read', resources: ['acme/*', 'datasets/acme/data'] },
                publisher: { access: 'write', resources: ['acme/model', 'acme/other'] },
                stranger: { access: 'read', resources: ['other/*'] },
                unused: { access: 'admin', resources: ['unused/*'] } },
              grants: [\(grants.joined(separator: ",\n"))],
              serve: { origin: 'https://hub.acme.example', socket: 's', delivery: '\(delivery)',
                hosts: { 'hub.acme.example': { kind: 'hub' } },
                credentials: [
                  { resources: ['acme/*', 'spaces/acme/*'], right: 'read', token: 'env:WIDE' },
                  { resources: ['acme/model', 'datasets/acme/data'], right: 'read', token: 'env:READ' },
                  { resources: ['acme/model', 'acme/third'], right: 'write', token: 'env:WIDE_WRITE' },
                  { resources: ['acme/model'], right: 'write', token: 'env:WRITE' },
                  { resources: ['acme/model'], right: 'admin', token: 'env:ADMIN' } ],
                tickets: { keys: ['env:TICKETS'], lifetime: '10m' },
                reuse: { '\(otherIssuer)': 3 } } }
            """
    }

    static func document(of issuer: String) -> String { "GET \(issuer)/.well-known/openid-configuration" }

    /// What an issuer is asked once.
    static func keys(of issuer: String) -> [ScriptedTransport.Exchange] {
        let modulus = base64URL([UInt8](repeating: 0xFF, count: 256))
        return [
            .answer(document(of: issuer), 200, #"{"issuer":"\#(issuer)","jwks_uri":"\#(issuer)/keys"}"#),
            .answer(
                "GET \(issuer)/keys", 200, #"{"keys":[{"kty":"RSA","kid":"r","n":"\#(modulus)","e":"AQAB"}]}"#),
        ]
    }

    /// The claims of a job on `main`, with changes; nil takes one away.
    static func claims(_ changes: [String: ClaimValue?] = [:]) -> [String: ClaimValue] {
        var claims: [String: ClaimValue] = [
            "iss": .string(issuer), "aud": "https://hub.acme.example", "sub": "repo:acme/training", "jti": "1",
            "repository": "acme/training", "ref": "refs/heads/main", "iat": .integer(now - 10),
            "exp": .integer(now + 290),
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    /// An ID token that its issuer signed.
    static func idToken(_ changes: [String: ClaimValue?] = [:], header: String = header) -> String {
        let payload = unsignedJWT(claims(changes)).split(separator: ".")[1]
        let signed = "\(base64URL(header.utf8)).\(payload)"
        return "\(signed).\(base64URL(TestSignatures.signature(of: Array(signed.utf8))))"
    }

    static let header = #"{"alg":"RS256","kid":"r","typ":"JWT"}"#

    /// A body as `huggingface_hub` sends it.
    static func json(_ idToken: String, _ more: String = #","resource":"acme/model""#) -> String {
        """
        {"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange",\
        "subject_token_type":"urn:ietf:params:oauth:token-type:id_token","subject_token":"\(idToken)"\(more)}
        """
    }

    static func request(
        _ body: String, type: String? = "application/json", method: String = "POST", uri: String = "/oauth/token",
        encoding: String? = nil, length: Int? = nil
    ) -> ServeRequest {
        ServeRequest(
            route: .token, uri: Array(uri.utf8), method: method, host: "hub.acme.example", id: "req-1",
            peer: "192.0.2.7", contentType: type, contentEncoding: encoding, contentLength: length ?? body.utf8.count,
            body: SharedSecret(Secret(body)))
    }

    /// An answer as a client sees it.
    struct Seen {
        let status: Int
        let body: String
        private let headers: [ServeAnswer.Header]
        private let text: JSONText?

        init(_ answer: ServeAnswer) {
            status = answer.status.rawValue
            headers = answer.headers
            body = Secret(joining: answer.body).revealedText()
            text = try? JSONText(Array(body.utf8))
        }

        subscript(name: String) -> String? { text?.text(name) }

        func header(_ name: ServeAnswer.Name) -> String? {
            guard let value = headers.first(where: { $0.name == name })?.value else { return nil }
            var pieces: [TextOrToken] = []
            value.forEachPiece { pieces.append($0) }
            return Secret(joining: pieces).revealedText()
        }

        var lifetime: Int? { text?.integer(text?.root["expires_in"]) }

        /// `400 invalid_grant`, or `200`.
        var outcome: String { [String(status), self["error"]].compactMap(\.self).joined(separator: " ") }
    }

    func answer(_ request: ServeRequest) -> Seen {
        Seen(
            broker.answer(request, by: snapshot) { event, _ throws(MintError) in
                world.change { $0.records.append(event) }
                if let failure = world.value.recordFailure { throw failure }
            })
    }

    /// Asks as `huggingface_hub` does.
    func ask(
        _ changes: [String: ClaimValue?] = [:], _ more: String = #","resource":"acme/model""#
    ) -> Seen {
        answer(Self.request(Self.json(Self.idToken(changes), more)))
    }

    func ticket(_ seen: Seen) throws -> Ticket {
        try tickets.open(Secret(try #require(seen["access_token"])), with: TestSignatures()).get()
    }

    /// The paths that the issuer was asked for.
    var requests: [String] { machine.transport.sent.map(\.request.url.target) }
}
