@testable import HFMintCore
import HFMintTesting
import Testing

/// What a message says of an answer that nobody foresaw: which place, and the server's own short code.
@Suite("an unforeseen answer")
struct UnforeseenAnswerTests {
    private static let places: [(server: AnsweringServer, place: String)] = [
        (AnsweringServer.issuers[0], "okta:a: "),
        (AnsweringServer.issuers[1], "entra:11111111-2222-3333-4444-555555555555: "),
        (AnsweringServer.issuers[2], "auth0:a: "), (AnsweringServer.issuers[3], "keycloak:r/1-2-3-4-5: "),
        (AnsweringServer.issuers[4], "hydra:a: "),
        (AnsweringServer.sinks[0], "github-actions:acme/training/S: "),
        (AnsweringServer.sinks[1], "gitlab:project/acme/training/S/*: "),
        (AnsweringServer.sinks[2], "vault:https://vault.example/secret/app#s: "),
        (AnsweringServer.sinks[3], "kubernetes:acme/app#k: "),
        (AnsweringServer.sinks[4], "aws-secrets-manager:eu-central-1/app: "),
        (AnsweringServer.sinks[5], "hub-space:acme/chat/S: "),
    ]

    private static func failure(
        _ server: AnsweringServer, _ answer: ConstantTransport.Answer
    ) throws -> StepFailure {
        if server.manifest.contains("token: \"env:TOKEN\"") {
            let issuer = try server.issuer(answering: answer)
            return try RotationFixtures.failure { _ = try issuer.survey() }
        }
        let sink = try server.sink(answering: answer)
        return try RotationFixtures.failure { try sink.preflight() }
    }

    @Test("names the place as the manifest does, and the server's code", arguments: places)
    func place(server: AnsweringServer, place: String) throws {
        let row = KnownAnswer.refused(418, "Some_Teapot")
        for status in [400, 401, 402, 403, 405, 410, 418, 422, 451, 500] {
            let failure = try Self.failure(server, .status(status, server.body(row)))
            #expect(
                failure.message.hasPrefix(place)
                    && (failure.message.contains("\(status)") || failure.message.contains("Some_")),
                "\(failure.message)")
            if server.body.contains("CODE") { #expect(failure.message.contains("Some_Teapot"), "\(failure.message)") }
        }
        let lost = try Self.failure(server, .failure(.connect))
        #expect(lost.message.hasPrefix(place))
    }

    @Test("says where a redirect leads", arguments: places)
    func redirect(server: AnsweringServer, place: String) throws {
        for status in [301, 302, 303, 308] {
            let location = HTTPHeader("location", "https://api.github.com/repositories/9/x?token=s3cr3t#s3cr3t")
            let failure = try Self.failure(server, .headed(status, [location], "{}"))
            #expect(failure.kind == .refused && failure.message.hasPrefix(place))
            #expect(
                failure.message.hasSuffix(
                    " answered \(status): it was moved or renamed, and is now at api.github.com/repositories/9/x"))
        }
    }

    @Test(
        "takes one short word for a code, and nothing that could be a secret",
        arguments: [
            ("Directory_ConcurrencyViolation", "Directory_ConcurrencyViolation"), ("E0000047", "E0000047"),
            ("com.amazonaws.secretsmanager#ThrottlingException", "ThrottlingException"),
            ("ThrottlingException:http://internal.amazon.com/coral/", "ThrottlingException"),
            ("insufficient_scope", "insufficient_scope"), ("AADSTS7000215", "AADSTS7000215"),
            ("RepoNotFound", "RepoNotFound"), ("invalid-request", "invalid-request"), ("", nil), ("no", nil),
            ("Some Words", nil), ("<script>", nil), ("409", nil), ("a\u{301}bc", nil), ("x\ny", nil),
            ("abc8Q2f9dk3Lw0zPq7", nil), ("hf_abcdefghijklmnopqrstuvwxyzabcdefgh", nil),
            ("11111111-2222-3333-4444-55555555abcd", nil), (String(repeating: "a", count: 65), nil),
        ])
    func codes(text: String, code: String?) { #expect(vendorCode(text) == code) }
}
