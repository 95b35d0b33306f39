@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer auth0")
struct Auth0Tests {
    private static let manifest =
        #"{kind: "auth0", url: "https://acme.eu.auth0.com", client: "abc", token: "env:TOKEN"}"#
    private static let client = "https://acme.eu.auth0.com/api/v2/clients/abc"
    private static let get = "GET \(client)?fields=client_id%2Cclient_secret&include_fields=true"

    private func auth0(_ script: ScriptedTransport.Exchange...) throws -> (any Issuer, ScriptedTransport) {
        let machine = RotationFixtures.machine(script)
        return (try RotationFixtures.issuer(Self.manifest, on: machine), machine.transport)
    }

    @Test("replaces: one secret, chosen by us, that can be read back")
    func nature() throws {
        let (auth0, _) = try auth0(.answer(Self.get, 200, #"{"client_id":"abc","client_secret":"SENTINEL"}"#))
        #expect(auth0.succession == .replacing && auth0.takesChosenValue && auth0.isReadable)
        #expect(auth0.target == Self.client)
        #expect(
            try auth0.survey().secrets == [
                ListedSecret(id: "client_secret", sha256: try RotationFixtures.sha256("SENTINEL"))
            ])
    }

    @Test("says which permission is missing where the value is left out")
    func permission() throws {
        let (auth0, _) = try auth0(.answer(Self.get, 200, #"{"client_id":"abc"}"#))
        let failure = try RotationFixtures.failure { _ = try auth0.survey() }
        #expect(
            failure == StepFailure(.refused, "auth0:abc: the token may not read the client secret (read:client_keys)"))
    }

    @Test(
        "replaces the value by a patch",
        arguments: [#"{"client_id":"abc","client_secret":"new"}"#, #"{"client_id":"abc"}"#])
    func create(answer: String) throws {
        let (auth0, transport) = try auth0(.answer("PATCH \(Self.client)", 200, answer))
        let created = try auth0.create(RotationFixtures.creation("new"))
        #expect(created.value.secret.revealedText() == "new")
        #expect(transport.sent.first?.body == #"{"client_secret":"new"}"#)
    }

    @Test(
        "takes an answer with another value, or of another client, for a doubt",
        arguments: [#"{"client_id":"abc","client_secret":"other"}"#, #"{"client_id":"z","client_secret":"new"}"#])
    func doubt(answer: String) throws {
        let (auth0, _) = try auth0(.answer("PATCH \(Self.client)", 200, answer))
        #expect(
            try RotationFixtures.failure { _ = try auth0.create(RotationFixtures.creation("new")) }.kind == .ambiguous)
    }

    @Test("reads the value back, and removes nothing")
    func others() throws {
        let (auth0, _) = try auth0(.answer(Self.get, 200, #"{"client_id":"abc","client_secret":"SENTINEL"}"#))
        #expect(try auth0.read("client_secret")?.revealedText() == "SENTINEL")
        #expect(try auth0.read("else") == nil)
        #expect(try !auth0.deactivate("client_secret"))
        #expect(try RotationFixtures.failure { try auth0.delete("client_secret") }.kind == .refused)
    }

    @Test("gets a token of the Management API by client credentials")
    func login() throws {
        let machine = RotationFixtures.machine([
            .answer("POST https://acme.eu.auth0.com/oauth/token", 200, #"{"access_token":"at","expires_in":86400}"#),
            .answer(Self.get, 200, #"{"client_id":"abc","client_secret":"SENTINEL"}"#),
        ])
        let manifest =
            #"{kind: "auth0", url: "https://acme.eu.auth0.com", client: "abc","#
            + #" login: {clientId: "m", clientSecret: "env:LOGIN"}}"#
        _ = try RotationFixtures.issuer(manifest, on: machine).survey()
        #expect(
            machine.transport.sent.first?.body?.hasSuffix("&audience=https%3A%2F%2Facme.eu.auth0.com%2Fapi%2Fv2%2F")
                == true)
    }
}
