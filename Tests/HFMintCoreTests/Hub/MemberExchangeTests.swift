import HFMintCore
import HFMintTesting
import Testing

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
        #expect(MemberExchange.surplus(said, requested: asked) == expected)
    }

    @Test("asks for no more than a role's access needs")
    func access() {
        #expect(Access.allCases.map(\.scopes) == [["read-repos"], ["write-repos"], ["manage-repos"]])
    }
}
