import Foundation
import HFMintCore
import HFMintTesting
import Testing

@Suite("token exchange")
struct PublisherExchangeTests {
    @Test("asks the endpoint's token route, for JSON")
    func request() throws {
        let endpoint = try #require(Origin("http://127.0.0.1:8080".utf8))
        let request = HTTPRequest.tokenExchange(at: endpoint)
        #expect(request.method == .post)
        #expect(request.url.description == "http://127.0.0.1:8080/oauth/token")
        #expect(request.headers == [HTTPHeader("Accept", "application/json")])
    }

    // https://huggingface.co/docs/hub/trusted-publishers
    @Test(
        "sends the four fields that the Hub requires, and nothing else", arguments: ["datasets/acme/data", "acme-bot"])
    func body(resource: String) throws {
        let jwt = unsignedJWT(["aud": "https://huggingface.co"])
        let token = try IDToken.parse(Secret(jwt))
        let resource = try Resource(parsing: resource, endpoint: .huggingFace)
        let text: String
        switch PublisherExchange.body(token.secret, for: resource) {
        case .none: text = ""
        case .content(let content):
            #expect(content.type == "application/json")
            text = content.bytes.revealedText()
        }
        let fields = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(
            fields == [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
                "subject_token": jwt, "resource": resource.canonical,
            ])
    }

    private func answer(_ body: String) -> (token: String, lifetime: Int)? {
        guard let answer = PublisherExchange.answer(Secret(body)) else { return nil }
        return (answer.token.revealedText(), answer.lifetimeSeconds)
    }

    @Test(
        "takes a bearer token with a lifetime",
        arguments: [
            (granted(), "hf_jwt_abc.def.ghi", 3_600),
            (granted("hf_oauth_A-b_c~d+e/f=", expiresIn: 1), "hf_oauth_A-b_c~d+e/f=", 1),
            (granted(expiresIn: 2_592_000), "hf_jwt_abc.def.ghi", 2_592_000),
            (#" {"expires_in":60,"token_type":"Bearer","access_token":"hf_\u0061bcdefgh","x":[]} "#, "hf_abcdefgh", 60),
        ])
    func takes(body: String, token: String, lifetime: Int) {
        let answer = answer(body)
        #expect(answer?.token == token)
        #expect(answer?.lifetime == lifetime)
    }

    @Test(
        "takes nothing else for an answer",
        arguments: [
            "", "null", "[]", "\"hf_abcdefgh\"", "<html>hf_abcdefgh</html>", "{}", granted() + "x",
            granted() + granted(),
            #"{"access_token":"hf_abcdefgh","token_type":"bearer"}"#,
            #"{"access_token":"hf_abcdefgh","expires_in":60}"#,
            #"{"token_type":"bearer","expires_in":60}"#,
            #"{"access_token":null,"token_type":"bearer","expires_in":60}"#,
            #"{"access_token":["hf_abcdefgh"],"token_type":"bearer","expires_in":60}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"mac","expires_in":60}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"bearer ","expires_in":60}"#,
            #"{"access_token":"hf_abcdefgh","token_type":["bearer"],"expires_in":60}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"bearer","expires_in":"60"}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"bearer","expires_in":60.0}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"bearer","expires_in":6e1}"#,
            #"{"access_token":"hf_abcdefgh","token_type":"bearer","expires_in":null}"#,
            #"{"access_token":"hf_abcdefgh","access_token":"hf_abcdefgh","token_type":"bearer","expires_in":60}"#,
            granted(expiresIn: 0), granted(expiresIn: -1), granted(expiresIn: 2_592_001), granted(expiresIn: .max),
            granted(""), granted("hf_"), granted("hf_abcdefg"), granted("HF_abcdefgh"), granted("xf_abcdefgh"),
            granted("hf-abcdefgh"), granted("hf_abcdefgh "), granted(" hf_abcdefgh"), granted(#"hf_abcdefgh\n"#),
            granted(#"hf_abcd\nHF_ENDPOINT=https:\/\/evil"#), granted(#"hf_abcdefgh\u0000"#), granted("hf_abcdefgh'"),
            granted(#"hf_abcdefgh\""#), granted("hf_abcdefgh$(id)"), granted("hf_abcdefgh%0A"), granted("hf_abcdefghé"),
            granted("hf_" + String(repeating: "a", count: 16_385)),
        ])
    func refuses(body: String) {
        #expect(answer(body) == nil)
    }

    @Test(
        "bounds a token at 16,384 bytes behind its `hf_`",
        arguments: [(7, false), (8, true), (16_384, true), (16_385, false)])
    func bounds(count: Int, isTaken: Bool) {
        let bytes = Array("hf_".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: count)
        let isWellFormed = HubToken.isWellFormed(bytes.span)
        #expect(isWellFormed == isTaken)
    }

    @Test("takes in a token exactly the bytes of a bearer token (RFC 6750, 2.1)")
    func alphabet() {
        for byte in UInt8.min ... .max {
            let bytes = Array("hf_abcdefgh".utf8) + [byte]
            let isWellFormed = HubToken.isWellFormed(bytes.span)
            #expect(isWellFormed == (byte.isASCIILetterOrDigit || "-._~+/=".utf8.contains(byte)))
        }
    }

    @Test(
        "tells the kind of a token by its prefix",
        arguments: [
            ("hf_jwt_a", .repository), ("hf_oauth_a", .user), ("hf_abcdefgh", .unknown), ("hf_jwt_", .unknown),
            ("hf_oauth", .unknown), ("hf_JWT_abcdefg", .unknown),
        ] as [(String, HubToken.Kind)])
    func kinds(text: String, kind: HubToken.Kind) {
        #expect(HubToken(secret: Secret(text), expiresAt: FrozenClock.usualNow, sha256: "").kind == kind)
    }
}
