import HFMintCore
import HFMintTesting

/// The tokens of a front door with some credentials.
struct UpstreamWorld {
    static let hub = "POST https://huggingface.co/oauth/token"
    static let member =
        "{ resources: ['acme/*'], right: 'read', member: 'ci@acme.example', client: { id: 'env:ID', secret: 'env:S' } }"
    static let reference = "{ resources: ['acme/*'], right: 'write', token: 'env:WRITE' }"
    static let refusal = ScriptedTransport.Exchange.answer(hub, 401, #"{"error":"invalid_client"}"#)
    static let busy = ScriptedTransport.Exchange.answer(hub, 503, headers: ["retry-after": "11"])

    let machine: FakeMachine
    let definition: ServeDefinition
    let tokens: UpstreamTokens
    private let metrics = ServeMetrics(startedAt: FrozenClock.usualNow)

    init(
        _ credentials: String = Self.member, _ script: [ScriptedTransport.Exchange] = [],
        environment: Environment = ["ID": "acme-ci", "S": "app-secret", "WRITE": "hf_abcdefgh1"],
        files: MemoryFiles = MemoryFiles(), upstream: String? = nil
    ) throws {
        machine = FakeMachine(environment, transport: ScriptedTransport(script), files: files)
        tokens = UpstreamTokens(recordingIn: machine.audit, metrics: metrics, in: machine.context)
        definition = try Self.definition(credentials, upstream: upstream)
    }

    static func definition(_ credentials: String, upstream: String? = nil) throws -> ServeDefinition {
        let host = upstream.map { "{ kind: 'hub', upstream: '\($0)' }" } ?? "{ kind: 'hub' }"
        let manifest = try TestPolicy.manifest(
            """
            { version: 1, serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
              hosts: { 'hub.acme.example': \(host) }, credentials: [\(credentials)] } }
            """)
        guard let definition = manifest.serve else { throw CancellationError() }
        return definition
    }

    static func answer(
        _ token: String = "hf_oauth_abcdefgh", for seconds: Int = 3_600
    ) -> ScriptedTransport.Exchange {
        .answer(hub, 200, granted(token, expiresIn: seconds))
    }

    static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }

    func ready(_ index: Int = 0) -> String? {
        tokens.ready(definition.credentials[index])?.secret.revealedText()
    }

    func fetch(_ index: Int = 0) throws(MintError) -> String {
        try tokens.fetch(definition.credentials[index], for: definition).secret.revealedText()
    }

    var secondsLeft: Int? { tokens.secondsLeft(definition.credentials[0]) }

    func metric(_ series: String) -> String? {
        metrics.text(.init()).split(separator: "\n").first { $0.hasPrefix("hfmint_serve_\(series) ") }
            .map { String($0.split(separator: " ")[1]) }
    }
}
