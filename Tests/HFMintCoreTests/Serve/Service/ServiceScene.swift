@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// A decision point at work, in one thread.
struct ServiceScene {
    static let now = FrozenClock.usualNow
    static let read = "/acme/model/resolve/main/config.json"
    static let commit = "/api/models/acme/model/commit/main"

    let machine: FakeMachine
    let service: DecisionService
    /// The manifest as it stands, which a reload reads.
    let manifest: Text

    final class Text: Sendable {
        private let text: Mutex<String>

        init(_ text: String) { self.text = Mutex(text) }

        var value: String {
            get { text.withLock { $0 } }
            set { text.withLock { $0 = newValue } }
        }
    }

    init(
        _ serve: String = "", grant: String = "", script: [ScriptedTransport.Exchange] = [],
        files: [String: String] = ["/keys": Self.key + "\n"], audit: AuditTrail.Settings? = nil
    ) throws {
        machine = FakeMachine(
            ["READ": "hf_reads0123", "WRITE": "hf_writes0123"], transport: ScriptedTransport(script),
            files: MemoryFiles(files, writable: Set([audit?.file].compactMap(\.self))), signatures: TestSignatures(),
            random: { 7 })
        let trail = machine.audit
        if let audit { trail.begin(audit) }
        let manifest = Text(Self.manifest(serve, grant: grant))
        self.manifest = manifest
        let read: @Sendable () throws(MintError) -> DecisionPoint = { () throws(MintError) in
            let files = MemoryFiles(["/m/hfmint.json5": manifest.value])
            let read = try Manifest(at: "/m/hfmint.json5", in: FakeMachine(files: files).context.machine)
            guard let definition = read.serve else { throw MintError(.manifestInvalid, "there is no 'serve'") }
            return DecisionPoint(policy: try read.policy(), definition: definition)
        }
        service = try DecisionService(
            by: read(), rereadingBy: read, audit: trail, used: UsedTokens(in: nil, context: machine.context),
            in: machine.context)
    }

    static let key = "0123456789-0123456789-0123456789"
    static let otherKey = "9876543210-9876543210-9876543210"

    static func manifest(_ serve: String = "", grant: String = "") -> String {
        """
        { version: 1,
          roles: { reader: { access: 'read', resources: ['acme/*'] },
                   publisher: { access: 'write', resources: ['acme/model'] } },
          grants: [
            { role: 'reader', \(grant)
              identity: { issuer: 'https://issuer.example', claims: { repository: 'acme/training' } } },
            { role: 'publisher',
              identity: { issuer: 'https://issuer.example', claims: { repository: 'acme/training', ref: 'main' } } } ],
          serve: { origin: 'https://hub.acme.example', socket: 's', \(serve)
            hosts: { 'hub.acme.example': { kind: 'hub' } },
            credentials: [
              { resources: ['acme/*'], right: 'read', token: 'env:READ' },
              { resources: ['acme/*'], right: 'write', token: 'env:WRITE' } ],
            anonymous: ['acme/open'],
            tickets: { keys: ['file:/keys'], lifetime: '10m' } } }
        """
    }

    /// The text of a ticket as the broker gives it.
    func ticket(
        ref: String = "main", repository: String = "acme/training", role: String? = nil, resource: String? = nil,
        key: String = Self.key, lifetime: Int = 600
    ) throws -> String {
        let files = MemoryFiles(["/k": key])
        let keys = try TicketKeys(
            reading: .init(keys: [.file("/k")], lifetime: try #require(Seconds(parsing: "10m"))), folder: "/",
            in: FakeMachine(files: files, signatures: TestSignatures()).context)
        let claims = try testClaims([
            "iss": "https://issuer.example", "sub": "repo:acme/training", "repository": .string(repository),
            "ref": .string(ref),
        ])
        let now = machine.clock.now()
        return try keys.seal(
            id: String(repeating: "0f", count: 16), issuedAt: now, expiresAt: now + lifetime, role: role,
            resource: try resource.map { try Resource(parsing: $0, endpoint: .huggingFace) }, claims: claims,
            with: TestSignatures()
        ).secret.revealedText()
    }

    /// Asks whether a request may pass; what must wait is done at once.
    func ask(
        _ method: String = "GET", _ target: String = Self.read, authorization: String? = nil,
        route: ServeRoute = .decide, peer: String = "192.0.2.7"
    ) -> BrokerScene.Seen? {
        let reply = ServeReply(wake: {})
        service.respond(
            to: ServeRequest(
                route: route, uri: Array(target.utf8), method: method, host: "hub.acme.example", id: "req-1",
                peer: peer, authorization: authorization.map { SharedSecret(Secret($0)) }), reply)
        var answer = reply.take()
        for queue in [service.issuerWork, service.hubWork] {
            while answer == nil, queue.count > 0, let act = queue.next(waitingWith: OneThread()) {
                act()
                answer = reply.take()
            }
        }
        return answer.map { BrokerScene.Seen($0) }
    }

    /// `200 hf_reads0123`, `200` without a credential upstream, or `403 other-claims`.
    func outcome(_ method: String = "GET", _ target: String = Self.read, ticket: String? = nil) -> String? {
        ask(method, target, authorization: ticket.map { "Bearer \($0)" }).map { seen in
            let more =
                seen.header(.upstreamAuthorization).map { String($0.dropFirst("Bearer ".count)) }
                ?? seen.header(.errorCode)
            return [String(seen.status), more].compactMap(\.self).joined(separator: " ")
        }
    }

    /// What somebody on the wall's own machine is told.
    var readiness: String {
        ask("GET", "/readyz", route: .ready, peer: "127.0.0.1").map { "\($0.status) \($0.body)" } ?? ""
    }
}
