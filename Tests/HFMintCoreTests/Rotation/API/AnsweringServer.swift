@testable import HFMintCore
import HFMintTesting
import Testing

/// A kind of server: what it is called in a manifest, what it says in ways of its own, and how it says it.
struct AnsweringServer: CustomTestStringConvertible, Sendable {
    let manifest: String
    let answers: [KnownAnswer]
    /// `CODE` and `WORDS` stand where those of a row go.
    let body: String
    var testDescription: String { manifest }

    func body(_ row: KnownAnswer) -> String {
        body.replacing("CODE", with: row.code ?? "").replacing("WORDS", with: row.words ?? "it is so")
    }
}

extension AnsweringServer {
    static let issuers = [
        AnsweringServer(
            manifest: RotationFixtures.issuerManifests[0], answers: Okta.answers,
            body: #"{"errorCode":"CODE","errorSummary":"WORDS","errorCauses":[]}"#),
        AnsweringServer(
            manifest: RotationFixtures.issuerManifests[1], answers: Entra.answers,
            body: #"{"error":{"code":"CODE","message":"WORDS","innerError":{}}}"#),
        AnsweringServer(
            manifest: RotationFixtures.issuerManifests[2], answers: Auth0.answers,
            body: #"{"statusCode":1,"error":"Some Words","message":"WORDS","errorCode":"CODE"}"#),
        AnsweringServer(
            manifest: RotationFixtures.issuerManifests[3], answers: Keycloak.answers,
            body: #"{"error":"CODE","errorMessage":"WORDS"}"#),
        AnsweringServer(
            manifest: RotationFixtures.issuerManifests[4], answers: Hydra.answers,
            body: #"{"error":"CODE","error_description":"WORDS"}"#),
    ]

    static let sinks = [
        AnsweringServer(
            manifest: #"{kind: "github-actions", token: "env:T", repository: "acme/training", name: "S"}"#,
            answers: GitHubActionsSink.answers, body: #"{"message":"WORDS","documentation_url":"https://docs.example"}"#
        ),
        AnsweringServer(
            manifest: #"{kind: "gitlab", token: "env:T", project: "acme/training", key: "S"}"#,
            answers: GitLabSink.answers, body: #"{"message":"WORDS"}"#),
        AnsweringServer(
            manifest: #"{kind: "vault", url: "https://vault.example", token: "env:T", path: "app", field: "s"}"#,
            answers: VaultSink.answers, body: #"{"errors":["WORDS"]}"#),
        AnsweringServer(
            manifest: #"{kind: "kubernetes", token: "env:T", namespace: "acme", name: "app", key: "k"}"#,
            answers: KubernetesSink.answers, body: #"{"kind":"Status","message":"WORDS","reason":"CODE","code":1}"#),
        AnsweringServer(
            manifest: #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "app"}"#,
            answers: AWSSecretsManagerSink.answers, body: #"{"__type":"com.amazonaws#CODE","message":"WORDS"}"#),
        AnsweringServer(
            manifest: #"{kind: "hub-space", token: "env:T", space: "acme/chat", name: "S"}"#,
            answers: [], body: #"{"error":"WORDS"}"#),
    ]

    /// Returns the issuer that it is, where it answers everything so.
    func issuer(answering answer: ConstantTransport.Answer) throws -> any Issuer {
        var machine = FakeMachine(RotationFixtures.environment())
        machine.context.machine.transport = ConstantTransport(answer)
        return try RotationFixtures.issuer(manifest, on: machine)
    }

    /// Returns the sink that it is, where it answers everything so.
    func sink(answering answer: ConstantTransport.Answer) throws -> any Sink {
        var machine = FakeMachine(["T": "t0ken", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "key"])
        machine.context.machine.transport = ConstantTransport(answer)
        let node = ManifestNode(try JSONText(Array(manifest.utf8), dialect: .json5))
        let surroundings = RotationSurroundings(
            name: "app", manifest: "/etc/hfmint/hfmint.json5", context: machine.context)
        return try #require(try sinkKinds.make(node, surroundings))
    }
}
