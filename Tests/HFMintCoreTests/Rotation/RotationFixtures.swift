@testable import HFMintCore
import HFMintTesting
import Testing

/// Makes issuers and log-ins as a manifest does, on a machine that a test scripts.
enum RotationFixtures {
    /// Every secret that these tests hand out carries it.
    static let sentinel = "SENTINEL"

    /// One of each issuer with an API.
    static let issuerManifests = [
        #"{kind: "okta", url: "https://x.example", app: "a", token: "env:TOKEN"}"#,
        #"{kind: "entra", url: "https://x.example", app: "11111111-2222-3333-4444-555555555555", token: "env:TOKEN"}"#,
        #"{kind: "auth0", url: "https://x.example", client: "a", token: "env:TOKEN"}"#,
        #"{kind: "keycloak", url: "https://x.example", realm: "r", client: "1-2-3-4-5", token: "env:TOKEN"}"#,
        #"{kind: "hydra", url: "https://x.example", client: "a", token: "env:TOKEN", dropAll: true}"#,
    ]

    static func environment() -> Environment {
        ["TOKEN": "SENTINEL-token", "LOGIN": "SENTINEL-login &+", "CLIENT_ID": "client id"]
    }

    static func machine(_ script: [ScriptedTransport.Exchange] = []) -> FakeMachine {
        FakeMachine(environment(), script: script)
    }

    static func issuer(_ text: String, on machine: FakeMachine) throws -> any Issuer {
        try #require(try issuerKinds.make(node(text), surroundings(machine)))
    }

    static func verifier(_ text: String, on machine: FakeMachine) throws -> any Verifier {
        try #require(try verifierKinds.make(node(text), surroundings(machine)))
    }

    /// What the manifest's check says of an issuer.
    static func complaints(_ text: String) throws -> [String] {
        let text = try JSONText(Array("{issuer: \(text), sinks: []}".utf8), dialect: .json5)
        let issues = ManifestCheck.issues(in: text, shape: .object(RotationShape.rotation))
        return issues.filter { $0.path.utf8.starts(with: "issuer".utf8) }.map(\.sentence)
    }

    private static func node(_ text: String) throws -> ManifestNode {
        ManifestNode(try JSONText(Array(text.utf8), dialect: .json5))
    }

    private static func surroundings(_ machine: FakeMachine) -> RotationSurroundings {
        RotationSurroundings(name: "demo", manifest: "/etc/hfmint/hfmint.json5", context: machine.context)
    }

    /// What the journal would hold of `text`.
    static func sha256(_ text: String) throws -> String { try TestDigests().sha256(Secret(text)).hexadecimal }

    static func creation(_ value: String? = nil) -> SecretCreation {
        SecretCreation(marker: "hfmint:demo:3", value: value.map { SharedSecret(Secret($0)) })
    }

    /// The failure of `body`, which must fail.
    static func failure(_ body: () throws -> Void) throws -> StepFailure {
        do {
            try body()
        } catch let failure as StepFailure {
            return failure
        }
        Issue.record("nothing failed")
        throw CancellationError()
    }
}
