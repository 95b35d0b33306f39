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

@Suite("member exchange")
struct MemberExchangeTests {
    private static let good = #""token_type":"bearer","expires_in":28800"#

    @Test(
        "shows the client as RFC 6749 says: each half form-encoded, then base64 on one line",
        arguments: [
            ("acme", "secret", "acme:secret"), ("a:b", "c:d", "a%3Ab:c%3Ad"), ("a b", "+/&=%", "a%20b:%2B%2F%26%3D%25"),
            ("acme", String(repeating: "x", count: 200), "acme:" + String(repeating: "x", count: 200)),
        ])
    func basic(id: String, secret: String, pair: String) {
        switch MemberExchange.credential(clientID: id, secret: Secret(secret)) {
        case .header(let header):
            #expect(header.names == ["Authorization"] && header.prefix == "Basic ")
            #expect(header.secret.revealedText() == Secret(pair).base64Encoded().revealedText())
            #expect(!header.secret.revealedText().contains("\n"))
        default: Issue.record("no header")
        }
    }

    @Test("takes a member's bearer token, with or without its scopes")
    func taken() {
        for scope in ["", #","scope":"read-repos""#, #","scope":"""#] {
            let body = Secret(#"{"access_token":"hf_oauth_abcdefgh",\#(Self.good)\#(scope)}"#)
            var lifetime: Int?
            switch MemberExchange.answer(body) {
            case .none: Issue.record("refused\(scope)")
            case .some(let answer): lifetime = answer.lifetimeSeconds
            }
            #expect(lifetime == 28_800)
        }
    }

    @Test(
        "takes nothing else",
        arguments: [
            #"{"access_token":"hf_jwt_abcdefgh",\#(good)}"#, #"{"access_token":"hf_abcdefghijkl",\#(good)}"#,
            #"{"access_token":"hf_oauth_abc",\#(good)}"#, #"{"access_token":"HF_OAUTH_abcdefgh",\#(good)}"#,
            #"{"access_token":"hf_oauth_abc defgh",\#(good)}"#, #"{"access_token":"hf_oauth_abcdefgh"}"#,
            #"{"access_token":"hf_oauth_abcdefgh","token_type":"mac","expires_in":1}"#,
            #"{"access_token":"hf_oauth_abcdefgh","token_type":"bearer","expires_in":2592001}"#,
            #"{"access_token":"hf_oauth_abcdefgh",\#(good),"scope":["read-repos"]}"#,
            #"{"access_token":"hf_oauth_abcdefgh",\#(good),"scope":"a\nb"}"#, "", "[]",
        ])
    func refused(body: String) {
        switch MemberExchange.answer(Secret(body)) {
        case .none: break
        case .some: Issue.record("taken")
        }
    }

    @Test(
        "finds the scopes that nobody asked for",
        arguments: [
            (["read-repos"], ["read-repos"], []), (["read-repos"], ["write-repos"], []),
            (["write-repos"], ["read-repos"], ["write-repos"]), (["manage-repos"], ["write-repos"], ["manage-repos"]),
            (["contribute-repos"], ["manage-repos"], []), (["read-billing"], ["write-repos"], ["read-billing"]),
            (["jobs", "openid"], ["openid"], ["jobs"]), ([], ["jobs"], []),
        ])
    func surplus(said: [String], asked: [String], expected: [String]) {
        #expect(MemberExchange.surplus(said, asked: asked) == expected)
    }

    @Test("asks for no more than a role's access needs")
    func access() {
        #expect(Access.allCases.map(\.scopes) == [["read-repos"], ["write-repos"]])
    }
}

@Suite("endpoint of a client")
struct ClientEndpointTests {
    @Test(
        "is the Hub, this machine, or what the command line names",
        arguments: [
            (nil, nil, true), (nil, "https://huggingface.co", true), (nil, "https://hf.co", true),
            (nil, "http://127.0.0.1:8080", true), (nil, "https://mirror.example", false),
            (nil, "https://huggingface.co.evil.example", false), (nil, "https://huggingface.co:444", false),
            ("https://mirror.example", nil, true), ("https://mirror.example", "https://other.example", true),
        ] as [(String?, String?, Bool)])
    func endpoint(option: String?, variable: String?, isGood: Bool) {
        let environment: Environment = variable.map { [.hfEndpoint: $0] } ?? [:]
        let authority = try? Authority.forClient(endpointOption: option, environment: environment)
        #expect((authority != nil) == isGood)
    }
}
