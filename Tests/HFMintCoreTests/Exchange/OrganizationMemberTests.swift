import HFMintCore
import HFMintTesting
import Testing

@Suite("organization member")
struct OrganizationMemberTests {
    private let client = OrganizationClient(id: .variable("ID"), secret: .variable("SECRET"))

    private func member(_ email: String = "ci@acme.example", scopes: [String]) throws -> OrganizationMember {
        try OrganizationMember(email: email, client: client, scopes: scopes)
    }

    @Test("has its scopes in one order, each once")
    func scopes() throws {
        #expect(try member(scopes: ["b", "a", "b"]).scopes == ["a", "b"])
        #expect(try member(scopes: ["b", "a"]) == member(scopes: ["a", "b"]))
    }

    @Test("is never asked for without a scope, as the Hub would then give all")
    func noScope() {
        let error = #expect(throws: MintError.self) { try member(scopes: []) }
        #expect(error?.code == .usage && error?.hint?.contains("--scope") == true)
    }

    @Test("has scopes that are words", arguments: ["", " ", "a b", "a,b", "a\"b", "a\\b", "a\nb", "é", "a\u{301}"])
    func badScope(scope: String) {
        #expect(throws: MintError.self) { try member(scopes: ["read-repos", scope]) }
    }

    @Test(
        "has an address",
        arguments: ["", "ci", "@acme", "ci@", "a@b@c", "ci @acme.example", "ci@acme\n", "cí@acme.example"])
    func badEmail(email: String) {
        #expect(throws: MintError.self) { try member(email, scopes: ["read-repos"]) }
    }

    @Test("has a client whose id and secret are one line, and never quoted", arguments: ["a\nb", "a\u{0}", "é", " \t"])
    func badSecret(value: String) {
        let machine = FakeMachine(["SECRET": value])
        let error = #expect(throws: MintError.self) { _ = try client.readSecret(in: machine.context).byteCount }
        #expect(error?.code == .stateUnusable)
        #expect([error?.message, error?.hint].allSatisfy { $0?.contains(value) == false })
    }

    @Test("reads the secret anew each time, without the line break at its end")
    func secret() throws {
        let machine = FakeMachine(["SECRET": "one two\n", "ID": "acme-ci\r\n"])
        #expect(try client.readSecret(in: machine.context).revealedText() == "one two")
        #expect(try client.readID(in: machine.context) == "acme-ci")
    }
}
