@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer hydra")
struct HydraTests {
    private static let manifest = #"{kind: "hydra", url: "http://127.0.0.1:4445", client: "acme", dropAll: true}"#
    private static let client = "http://127.0.0.1:4445/admin/clients/acme"
    private static let rotate = "\(client)/secrets/rotate"

    private func hydra(_ script: ScriptedTransport.Exchange...) throws -> (any Issuer, ScriptedTransport) {
        let machine = RotationFixtures.machine(script)
        return (try RotationFixtures.issuer(Self.manifest, on: machine), machine.transport)
    }

    private static func answer(_ metadata: String) -> String {
        #"{"client_id":"acme","client_secret_expires_at":0,"updated_at":"2026-08-01T00:00:00Z"\#(metadata)}"#
    }

    private static func get(_ metadata: String) -> ScriptedTransport.Exchange {
        .answer("GET \(client)", 200, answer(metadata))
    }

    private static func ledger(_ generation: Int, kept: Int, marker: String = "hfmint:demo:3") -> String {
        #","metadata":{"team":"x","hfmint":{"marker":"\#(marker)","generation":\#(generation),"kept":\#(kept)}}"#
    }

    private static func patch(_ generation: Int, kept: Int, marker: String = #""hfmint:demo:3""#) -> String {
        #"[{"op":"add","path":"/metadata/hfmint","value":"#
            + #"{"marker":\#(marker),"generation":\#(generation),"kept":\#(kept)}}]"#
    }

    @Test("stacks, and shows no secret's death")
    func nature() throws {
        let (hydra, transport) = try hydra(Self.get(""))
        #expect(hydra.succession == .stacked && !hydra.takesChosenValue && !hydra.isReadable)
        #expect(hydra.target == Self.client)
        let survey = try hydra.survey()
        #expect(survey.secrets == [ListedSecret(id: "generation-0")])
        #expect(!survey.showsDeath)
        #expect(transport.sent.map(\.credential) == [nil])
    }

    @Test("lists what its ledger in the client's metadata says")
    func survey() throws {
        let (hydra, _) = try hydra(Self.get(Self.ledger(7, kept: 2)))
        #expect(
            try hydra.survey().secrets == [
                ListedSecret(id: "generation-7", marker: "hfmint:demo:3"), ListedSecret(id: "generation-6"),
                ListedSecret(id: "generation-5"),
            ])
    }

    @Test("writes the ledger before the secret is made")
    func create() throws {
        let (hydra, transport) = try hydra(
            Self.get(#","metadata":{"team":"x"}"#), .answer("PATCH \(Self.client)", 200, "{}"),
            .answer("POST \(Self.rotate)", 200, #"{"client_id":"acme","client_secret":"SENTINEL"}"#))
        let created = try hydra.create(RotationFixtures.creation())
        #expect(created.id == "generation-1")
        #expect(created.value.secret.revealedText() == "SENTINEL")
        #expect(transport.sent[1].body == Self.patch(1, kept: 1))
    }

    @Test("makes a place for the ledger where there is none", arguments: ["", #","metadata":null"#])
    func noMetadata(metadata: String) throws {
        let (hydra, transport) = try hydra(
            Self.get(metadata), .answer("PATCH \(Self.client)", 200, "{}"),
            .answer("POST \(Self.rotate)", 200, #"{"client_secret":"SENTINEL"}"#))
        _ = try hydra.create(RotationFixtures.creation())
        #expect(
            transport.sent[1].body
                == #"[{"op":"add","path":"/metadata","value":"#
                + #"{"hfmint":{"marker":"hfmint:demo:3","generation":1,"kept":1}}}]"#)
    }

    @Test("counts a lost answer as a secret that was made")
    func lost() throws {
        let (hydra, transport) = try hydra(
            Self.get(Self.ledger(7, kept: 1)), .answer("PATCH \(Self.client)", 200, "{}"),
            .failure("POST \(Self.rotate)", .timeout))
        #expect(try RotationFixtures.failure { _ = try hydra.create(RotationFixtures.creation()) }.kind == .ambiguous)
        #expect(transport.left.isEmpty)
    }

    @Test("takes the ledger back where nothing was made", arguments: [400, 404])
    func refused(status: Int) throws {
        let (hydra, transport) = try hydra(
            Self.get(Self.ledger(7, kept: 1)), .answer("PATCH \(Self.client)", 200, "{}"),
            .answer("POST \(Self.rotate)", status, "{}"), .answer("PATCH \(Self.client)", 200, "{}"))
        #expect(try RotationFixtures.failure { _ = try hydra.create(RotationFixtures.creation()) }.kind == .refused)
        #expect(transport.sent.last?.body == Self.patch(7, kept: 1))
    }

    @Test("stops before the secret in use could be pushed out")
    func full() throws {
        let (hydra, transport) = try hydra(Self.get(Self.ledger(7, kept: 5)))
        #expect(try RotationFixtures.failure { _ = try hydra.create(RotationFixtures.creation()) }.kind == .refused)
        #expect(transport.left.isEmpty)
    }

    @Test(
        "does not guess where the ledger is not as hfmint wrote it",
        arguments: [#","metadata":{"hfmint":{"generation":1}}"#, #","metadata":{"hfmint":"x"}"#, ledger(1, kept: 6)])
    func strangeLedger(metadata: String) throws {
        let (hydra, _) = try hydra(Self.get(metadata))
        #expect(try RotationFixtures.failure { _ = try hydra.survey() }.kind == .transient(retryAfterSeconds: nil))
    }

    @Test("drops all old secrets at once, once, and never the current one")
    func delete() throws {
        let (hydra, transport) = try hydra(
            Self.get(Self.ledger(7, kept: 2)), .answer("DELETE \(Self.rotate)", 200, "{}"),
            .answer("PATCH \(Self.client)", 200, "{}"), Self.get(Self.ledger(7, kept: 0)),
            Self.get(Self.ledger(7, kept: 2)))
        try hydra.delete("generation-6")
        try hydra.delete("generation-6")
        #expect(try RotationFixtures.failure { try hydra.delete("generation-7") }.kind == .refused)
        #expect(transport.sent[2].body == Self.patch(7, kept: 0))
        #expect(transport.left.isEmpty)
    }

    @Test("never shows a value again, and knows no inactive secret")
    func readAndDeactivate() throws {
        let (hydra, _) = try hydra()
        #expect(try hydra.read("generation-1") == nil)
        #expect(try !hydra.deactivate("generation-1"))
    }

    @Test("wants to hear that hfmint alone rotates the client", arguments: ["", ", dropAll: false"])
    func dropAll(more: String) throws {
        let complaints = try RotationFixtures.complaints(
            #"{kind: "hydra", url: "http://127.0.0.1:4445", client: "a"\#(more)}"#)
        #expect(complaints.map { $0.contains("needs 'dropAll: true'") } == [true])
    }
}
