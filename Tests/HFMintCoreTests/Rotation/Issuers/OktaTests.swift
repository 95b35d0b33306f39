@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer okta")
struct OktaTests {
    private static let manifest =
        #"{kind: "okta", url: "HTTPS://Acme.okta.com:443/", app: "0oa1b2", token: "env:TOKEN"}"#
    private static let secrets = "https://acme.okta.com/api/v1/apps/0oa1b2/credentials/secrets"
    private static let old =
        #"{"id":"ocs1","client_secret":"SENTINEL-old","status":"ACTIVE","#
        + #""created":"2023-02-21T20:08:24.000Z","secret_hash":"x"}"#
    private static let retired = #"{"id":"ocs1","client_secret":"SENTINEL-old","status":"INACTIVE"}"#

    private func okta(_ script: ScriptedTransport.Exchange...) throws -> (any Issuer, ScriptedTransport) {
        let machine = RotationFixtures.machine(script)
        return (try RotationFixtures.issuer(Self.manifest, on: machine), machine.transport)
    }

    @Test("holds two secrets with ids of their own, and is one client whatever its URL's spelling")
    func nature() throws {
        let (okta, _) = try okta()
        #expect(okta.succession == .separate(limit: 2))
        #expect(okta.takesChosenValue && okta.isReadable)
        #expect(okta.target == "https://acme.okta.com/api/v1/apps/0oa1b2")
    }

    @Test("lists every secret with the digest of its value, and Okta's clock")
    func survey() throws {
        let (okta, transport) = try okta(
            .answer(
                "GET \(Self.secrets)", 200, #"[\#(Self.old),{"id":"ocs2","status":"INACTIVE"}]"#,
                headers: ["date": "Sun, 06 Nov 1994 08:49:37 GMT"]))
        let survey = try okta.survey()
        #expect(
            survey.secrets == [
                ListedSecret(id: "ocs1", sha256: try RotationFixtures.sha256("SENTINEL-old")),
                ListedSecret(id: "ocs2", isActive: false),
            ])
        #expect(survey.date == Timestamp(secondsSince1970: 784_111_777))
        #expect(transport.sent.map(\.credential) == ["Authorization: SSWS SENTINEL-token"])
    }

    @Test("sends the value that was chosen, once")
    func create() throws {
        let (okta, transport) = try okta(
            .answer("POST \(Self.secrets)", 201, #"{"id":"ocs2","client_secret":"chosen","status":"ACTIVE"}"#))
        let created = try okta.create(RotationFixtures.creation("chosen"))
        #expect(created.id == "ocs2")
        #expect(created.value.secret.revealedText() == "chosen")
        #expect(transport.sent.first?.body == #"{"client_secret":"chosen","status":"ACTIVE"}"#)
    }

    @Test(
        "tells a full application from a value that Okta does not take, by the summary of the cause",
        arguments: [
            ("You have reached the maximum number of client secrets per client.", "already holds 2 client secrets"),
            ("client_secret: SENTINEL is too short", "was refused as invalid (E0000001)"),
        ])
    func refusals(summary: String, words: String) throws {
        let body =
            #"{"errorCode":"E0000001","errorSummary":"Api validation failed: SENTINEL","#
            + #""errorCauses":[{"errorSummary":"\#(summary)"}]}"#
        let (okta, _) = try okta(.answer("POST \(Self.secrets)", 400, body))
        let failure = try RotationFixtures.failure { _ = try okta.create(RotationFixtures.creation("chosen")) }
        #expect(failure.kind == .refused)
        #expect(failure.message.contains(words) && !failure.message.contains(RotationFixtures.sentinel))
    }

    @Test("reads one value, and none of a secret that is gone")
    func read() throws {
        let (okta, _) = try okta(
            .answer("GET \(Self.secrets)/ocs1", 200, Self.old), .answer("GET \(Self.secrets)/ocs9", 404, "{}"))
        #expect(try okta.read("ocs1")?.revealedText() == "SENTINEL-old")
        #expect(try okta.read("ocs9") == nil)
    }

    @Test("deactivates an active secret, and leaves one alone that is inactive or gone")
    func deactivate() throws {
        let (okta, transport) = try okta(
            .answer("GET \(Self.secrets)", 200, "[\(Self.old)]"),
            .answer("POST \(Self.secrets)/ocs1/lifecycle/deactivate", 200, Self.retired),
            .answer("GET \(Self.secrets)", 200, "[\(Self.retired)]"), .answer("GET \(Self.secrets)", 200, "[]"))
        for _ in 0..<3 { #expect(try okta.deactivate("ocs1")) }
        #expect(transport.left.isEmpty)
    }

    @Test("says so where the only secret cannot be deactivated")
    func onlyOne() throws {
        let (okta, _) = try okta(
            .answer("GET \(Self.secrets)", 200, "[\(Self.old)]"),
            .answer("POST \(Self.secrets)/ocs1/lifecycle/deactivate", 400, "{}"))
        #expect(try RotationFixtures.failure { _ = try okta.deactivate("ocs1") }.kind == .refused)
    }

    @Test("deletes only what is inactive, so an active secret is deactivated first")
    func deleteActive() throws {
        let (okta, transport) = try okta(
            .answer("GET \(Self.secrets)", 200, "[\(Self.old)]"), .answer("GET \(Self.secrets)", 200, "[\(Self.old)]"),
            .answer("POST \(Self.secrets)/ocs1/lifecycle/deactivate", 200, Self.retired),
            .answer("DELETE \(Self.secrets)/ocs1", 204))
        try okta.delete("ocs1")
        #expect(transport.left.isEmpty)
    }

    @Test("deletes nothing twice, and takes an application that is not there for an error")
    func deleteTwice() throws {
        let (okta, _) = try okta(.answer("GET \(Self.secrets)", 200, "[]"), .answer("GET \(Self.secrets)", 404, "{}"))
        try okta.delete("ocs1")
        #expect(try RotationFixtures.failure { try okta.delete("ocs1") }.kind == .refused)
    }

    @Test("does not let an id out of its place in the path")
    func strangeID() throws {
        let (okta, _) = try okta(.answer("GET \(Self.secrets)/..%2Fx%3F", 404, "{}"))
        #expect(try okta.read("../x?") == nil)
    }
}
