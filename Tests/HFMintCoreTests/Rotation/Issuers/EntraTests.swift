@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer entra")
struct EntraTests {
    private static let app = "11111111-2222-3333-4444-55555555abcd"
    private static let manifest = #"{kind: "entra", app: "11111111-2222-3333-4444-55555555ABCD", token: "env:TOKEN"}"#
    private static let path = "https://graph.microsoft.com/v1.0/applications(appId='\(app)')"
    private static let list = "GET \(path)?$select=passwordCredentials"

    private func entra(
        _ manifest: String = manifest, _ script: ScriptedTransport.Exchange...
    ) throws -> (any Issuer, ScriptedTransport) {
        let machine = RotationFixtures.machine(script)
        return (try RotationFixtures.issuer(manifest, on: machine), machine.transport)
    }

    private static func credential(_ id: String, name: String, end: String = "2030-01-01T00:00:00Z") -> String {
        #"{"keyId":"\#(id)","displayName":\#(name),"endDateTime":"\#(end)","#
            + #""startDateTime":"2026-01-01T00:00:00.1234567Z","hint":"abc","secretText":null}"#
    }

    @Test("is Graph's public service unless the manifest says otherwise, and one application has one name")
    func nature() throws {
        let (entra, _) = try entra()
        #expect(entra.succession == .separate(limit: nil))
        #expect(!entra.takesChosenValue && !entra.isReadable)
        #expect(entra.target == Self.path)
        let personal = Self.manifest.dropLast() + ", limit: 2}"
        #expect(try self.entra(String(personal)).0.succession == .separate(limit: 2))
    }

    @Test("lists secrets with our markers, and takes an expired one for dead and other people's names for none")
    func survey() throws {
        let (entra, transport) = try entra(
            Self.manifest,
            .answer(
                Self.list, 200,
                #"{"passwordCredentials":[\#(Self.credential("a", name: #""hfmint:demo:2""#)),"#
                    + #"\#(Self.credential("b", name: #""portal""#)),\#(Self.credential("c", name: "null")),"#
                    + #"\#(Self.credential("d", name: "null", end: "2026-02-01T00:00:00+00:00"))]}"#))
        let survey = try entra.survey()
        #expect(survey.secrets.map(\.id) == ["a", "b", "c", "d"])
        #expect(survey.secrets.map(\.marker) == ["hfmint:demo:2", nil, nil, nil])
        #expect(survey.secrets.map(\.isActive) == [true, true, true, false])
        #expect(survey.showsDeath)
        #expect(transport.sent.map(\.credential) == ["Authorization: Bearer SENTINEL-token"])
    }

    @Test("lists all that an application may hold, which is more than a thousand")
    func longSurvey() throws {
        let all = (0..<1_200).map { Self.credential("k\($0)", name: "null") }.joined(separator: ",")
        let (entra, _) = try entra(Self.manifest, .answer(Self.list, 200, #"{"passwordCredentials":[\#(all)]}"#))
        #expect(try entra.survey().secrets.count == 1_200)
    }

    @Test("marks the new secret by its name, and asks for the lifetime that the manifest wants")
    func create() throws {
        let manifest = String(Self.manifest.dropLast() + #", lifetime: "30d"}"#)
        let (entra, transport) = try entra(
            manifest,
            .answer(
                "POST \(Self.path)/addPassword", 200,
                #"{"keyId":"k","secretText":"SENTINEL~new","displayName":"x","endDateTime":"2026-12-21T03:04:05Z"}"#))
        let created = try entra.create(RotationFixtures.creation())
        #expect(created.id == "k")
        #expect(created.value.secret.revealedText() == "SENTINEL~new")
        #expect(created.expiresAt == FrozenClock.usualNow + 30 * 86_400)
        #expect(
            transport.sent.first?.body
                == #"{"passwordCredential":{"displayName":"hfmint:demo:3","endDateTime":"2026-12-21T03:04:05Z"}}"#)
    }

    @Test("never shows a value again, and knows no inactive secret")
    func readAndDeactivate() throws {
        let (entra, _) = try entra()
        #expect(try entra.read("k") == nil)
        #expect(try !entra.deactivate("k"))
    }

    @Test("removes by id; what is gone is done, and what Graph will not remove is said")
    func delete() throws {
        let remove = "POST \(Self.path)/removePassword"
        let (entra, transport) = try entra(
            Self.manifest, .answer(remove, 204), .answer(remove, 400, "{}"),
            .answer(Self.list, 200, #"{"passwordCredentials":[]}"#), .answer(remove, 400, "{}"),
            .answer(Self.list, 200, #"{"passwordCredentials":[\#(Self.credential("k", name: "null"))]}"#))
        try entra.delete("k")
        try entra.delete("k")
        #expect(try RotationFixtures.failure { try entra.delete("k") }.kind == .refused)
        #expect(transport.sent.first?.body == #"{"keyId":"k"}"#)
    }

    private static let login =
        #"{kind: "entra", app: "\#(app)", tenant: "acme.example", loginUrl: "https://login.acme/","#
        + #" login: {clientId: "manager", clientSecret: "env:LOGIN"}}"#
    private static let tokens = "POST https://login.acme/acme.example/oauth2/v2.0/token"

    @Test("logs in with client credentials once, and again when the token is about to end")
    func login() throws {
        let empty = #"{"passwordCredentials":[]}"#
        let token = #"{"access_token":"SENTINEL-at","expires_in":3600,"token_type":"Bearer"}"#
        let machine = RotationFixtures.machine([
            .answer(Self.tokens, 200, token), .answer(Self.list, 200, empty), .answer(Self.list, 200, empty),
            .answer(Self.tokens, 200, token), .answer(Self.list, 200, empty),
        ])
        let entra = try RotationFixtures.issuer(Self.login, on: machine)
        _ = try entra.survey()
        machine.clock.advance(by: .seconds(3_539))
        _ = try entra.survey()
        machine.clock.advance(by: .seconds(1))
        _ = try entra.survey()
        #expect(machine.transport.left.isEmpty)
        let form =
            "grant_type=client_credentials&client_id=manager&client_secret=SENTINEL-login%20%26%2B"
            + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        #expect(machine.transport.sent.first?.body == form)
        #expect(machine.transport.sent[1].credential == "Authorization: Bearer SENTINEL-at")
    }

    @Test("says that the log-in failed, and nothing of what was said", arguments: [400, 401, 500])
    func loginFails(status: Int) throws {
        let (entra, _) = try entra(
            Self.login, .answer(Self.tokens, status, #"{"error":"invalid_client","error_description":"SENTINEL"}"#))
        let failure = try RotationFixtures.failure { _ = try entra.survey() }
        #expect(failure.message == "entra:\(Self.app): login: POST on login.acme answered \(status) (invalid_client)")
        #expect(failure.kind == (status == 500 ? .transient(retryAfterSeconds: nil) : .refused))
    }

    @Test(
        "is checked before it is made",
        arguments: [
            (#"{kind: "entra", app: "x", token: "env:T"}"#, "'app' must be the application's GUID"),
            (#"{kind: "entra", app: "\#(app)"}"#, "needs either 'token' or 'login'"),
            (
                #"{kind: "entra", app: "\#(app)", login: {clientId: "a", clientSecret: "env:B"}}"#,
                "needs 'tenant' beside 'login'"
            ),
        ])
    func checks(manifest: String, complaint: String) throws {
        #expect(try RotationFixtures.complaints(manifest).map { $0.hasSuffix(complaint) } == [true])
    }
}
