@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer keycloak")
struct KeycloakTests {
    private static let uuid = "0a0b0c0d-1111-2222-3333-444455556666"
    private static let realm = "https://id.acme.example/auth/admin/realms/a%20b"
    private static let client = "\(realm)/clients/\(uuid)"
    private static let secret = "\(client)/client-secret"
    private static let end = "1795316645"

    private static func manifest(_ more: String = "") -> String {
        #"{kind: "keycloak", url: "https://id.acme.example/auth/", realm: "a b", client: "\#(uuid.uppercased())","#
            + #" token: "env:TOKEN"\#(more)}"#
    }

    private func keycloak(
        policy: Bool = true, _ script: [ScriptedTransport.Exchange]
    ) throws -> (any Issuer, ScriptedTransport) {
        let machine = RotationFixtures.machine(script)
        let issuer = try RotationFixtures.issuer(Self.manifest(policy ? ", rotationPolicy: true" : ""), on: machine)
        return (issuer, machine.transport)
    }

    private static func value(_ value: String) -> String { #"{"type":"secret","value":"\#(value)"}"# }

    private static func attributes(_ attributes: String) -> ScriptedTransport.Exchange {
        .answer("GET \(client)", 200, #"{"id":"\#(uuid)","clientId":"x","attributes":{\#(attributes)}}"#)
    }

    private static let marked = attributes(
        #""client.secret.creation.time":"1700000000","client.secret.expiration.time":"\#(end)","#
            + #""client.secret.rotated.expiration.time":"\#(end)""#)

    private static func profiles(_ configuration: String, executor: String = "secret-rotation")
        -> ScriptedTransport.Exchange
    {
        .answer(
            "GET \(realm)/client-policies/profiles?include-global-profiles=true", 200,
            #"{"profiles":[{"name":"p","executors":[{"executor":"\#(executor)","configuration":\#(configuration)}]}],"#
                + #""globalProfiles":[{"name":"fapi","executors":[]}]}"#)
    }

    private static func policies(enabled: Bool = true, profile: String = "p") -> ScriptedTransport.Exchange {
        .answer(
            "GET \(realm)/client-policies/policies?include-global-policies=true", 200,
            #"{"policies":[{"name":"x","enabled":\#(enabled),"conditions":[],"profiles":["\#(profile)"]}]}"#)
    }

    private static let proof = [marked, profiles(#"{"rotated-expiration-period":172800}"#), policies()]
    private static let noOld = ScriptedTransport.Exchange.answer("GET \(secret)/rotated", 404, "{}")

    private func id(_ value: String) throws -> String { "secret-\(try RotationFixtures.sha256(value).suffix(5))" }

    @Test("replaces, unless the manifest says that a policy keeps the old secret")
    func nature() throws {
        #expect(try keycloak([]).0.succession == .stacked)
        #expect(try keycloak(policy: false, []).0.succession == .replacing)
        #expect(try keycloak([]).0.target == Self.client)
    }

    @Test("lists the current secret, and the old one with its end")
    func survey() throws {
        let (keycloak, transport) = try keycloak(
            Self.proof + [
                .answer("GET \(Self.secret)/rotated", 200, Self.value("old")),
                .answer("GET \(Self.secret)", 200, Self.value("new")),
            ])
        let survey = try keycloak.survey()
        #expect(survey.secrets.map(\.id) == [try id("new"), try id("old")])
        #expect(survey.secrets.map(\.isActive) == [true, true])
        #expect(
            survey.secrets.map(\.sha256) == [try RotationFixtures.sha256("new"), try RotationFixtures.sha256("old")])
        #expect(transport.left.isEmpty)
    }

    @Test(
        "refuses to begin where the policy is not proven",
        arguments: [
            (profiles("{}", executor: "secure-client-uris"), policies(), marked, "no enabled policy"),
            (profiles(#"{"rotated-expiration-period":0}"#), policies(), marked, "no enabled policy"),
            (profiles("{}"), policies(enabled: false), marked, "no enabled policy"),
            (profiles("{}"), policies(profile: "other"), marked, "no enabled policy"),
            (profiles("{}"), policies(), attributes(""), "has not acted on this client"),
        ])
    func unproven(
        profiles: ScriptedTransport.Exchange, policies: ScriptedTransport.Exchange,
        client: ScriptedTransport.Exchange, words: String
    ) throws {
        let (keycloak, _) = try keycloak([client, profiles, policies])
        let failure = try RotationFixtures.failure { _ = try keycloak.survey() }
        #expect(failure.kind == .refused && failure.message.contains(words))
    }

    @Test("takes the executor's own defaults, and numbers that are written as text")
    func defaults() throws {
        for configuration in ["{}", #"{"rotated-expiration-period":"60"}"#] {
            let (keycloak, _) = try keycloak([
                Self.marked, Self.profiles(configuration), Self.policies(), Self.noOld,
                .answer("GET \(Self.secret)", 200, Self.value("new")),
            ])
            #expect(try keycloak.survey().secrets.count == 1)
        }
    }

    @Test("has a new secret made, and reports its end")
    func create() throws {
        let (keycloak, transport) = try keycloak(
            policy: false, [.answer("POST \(Self.secret)", 200, Self.value("new")), Self.marked])
        let created = try keycloak.create(RotationFixtures.creation())
        #expect(created.id == (try id("new")))
        #expect(created.value.secret.revealedText() == "new")
        #expect(created.expiresAt == Timestamp(secondsSince1970: 1_795_316_645))
        #expect(transport.sent.first?.body == "{}")
    }

    @Test("keeps a new secret whose end cannot be had")
    func createWithoutEnd() throws {
        let (keycloak, _) = try keycloak(
            policy: false,
            [.answer("POST \(Self.secret)", 200, Self.value("new")), .failure("GET \(Self.client)", .timeout)])
        #expect(try keycloak.create(RotationFixtures.creation()).expiresAt == nil)
    }

    @Test("makes no second one while an old one lives, which would die of it")
    func noRoom() throws {
        let (keycloak, transport) = try keycloak(
            Self.proof + [
                .answer("GET \(Self.secret)/rotated", 200, Self.value("old")),
                .answer("GET \(Self.secret)", 200, Self.value("new")),
            ])
        let failure = try RotationFixtures.failure { _ = try keycloak.create(RotationFixtures.creation()) }
        #expect(
            failure
                == StepFailure(
                    .refused,
                    "keycloak:a b/0A0B0C0D-1111-2222-3333-444455556666: the client still has an old secret, and room for no other"
                ))
        #expect(transport.left.isEmpty)
    }

    @Test("reads whichever of the two is asked for")
    func read() throws {
        let (keycloak, _) = try keycloak([
            .answer("GET \(Self.secret)", 200, Self.value("new")),
            .answer("GET \(Self.secret)", 200, Self.value("new")),
            .answer("GET \(Self.secret)/rotated", 200, Self.value("old")),
            .answer("GET \(Self.secret)", 200, Self.value("new")), Self.noOld,
        ])
        #expect(try keycloak.read(try id("new"))?.revealedText() == "new")
        #expect(try keycloak.read(try id("old"))?.revealedText() == "old")
        #expect(try keycloak.read(try id("old")) == nil)
    }

    @Test("retires the old secret, never the current one, and nobody else's")
    func delete() throws {
        let current = ScriptedTransport.Exchange.answer("GET \(Self.secret)", 200, Self.value("new"))
        let old = ScriptedTransport.Exchange.answer("GET \(Self.secret)/rotated", 200, Self.value("old"))
        let (keycloak, transport) = try keycloak([
            current, old, .answer("DELETE \(Self.secret)/rotated", 204), current, Self.noOld, current, old, current,
        ])
        try keycloak.delete(try id("old"))
        try keycloak.delete(try id("old"))
        try keycloak.delete(try id("older"))
        #expect(try RotationFixtures.failure { try keycloak.delete(try id("new")) }.kind == .refused)
        #expect(transport.left.isEmpty)
    }

    @Test("says so where the value is in a vault")
    func vault() throws {
        let (keycloak, _) = try keycloak(
            policy: false,
            [Self.marked, Self.noOld, .answer("GET \(Self.secret)", 200, Self.value("${vault.SENTINEL}"))])
        let failure = try RotationFixtures.failure { _ = try keycloak.survey() }
        #expect(failure.kind == .refused && !failure.message.contains(RotationFixtures.sentinel))
    }

    @Test("logs in with client credentials in the realm of the client, or in another one", arguments: ["", "master"])
    func login(realm: String) throws {
        let more = realm.isEmpty ? "" : #", loginRealm: "master""#
        let manifest = Self.manifest(more).replacing(
            #"token: "env:TOKEN""#, with: #"login: {clientId: "m", clientSecret: "env:LOGIN"}"#)
        let path = "/auth/realms/\(realm.isEmpty ? "a%20b" : realm)/protocol/openid-connect/token"
        let machine = RotationFixtures.machine([
            .answer("POST https://id.acme.example\(path)", 200, #"{"access_token":"at","expires_in":60}"#),
            .answer("GET \(Self.secret)", 200, Self.value("new")),
        ])
        _ = try RotationFixtures.issuer(manifest, on: machine).read(try id("new"))
        #expect(machine.transport.left.isEmpty)
    }
}
