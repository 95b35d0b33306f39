import Foundation
import HFMintCore
import HFMintTesting
import Testing

@Suite("token exchange")
struct TokenExchangeTests {
    @Test("asks the endpoint's token route, for JSON")
    func request() throws {
        let endpoint = try #require(Origin("http://127.0.0.1:8080".utf8))
        let request = TokenExchange.request(to: endpoint)
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
        switch TokenExchange.body(token, for: resource) {
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
        guard let answer = TokenExchange.answer(Secret(body)) else { return nil }
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

@Suite("hub refusal")
struct HubRefusalTests {
    private func refusal(
        _ body: String, status: Int = 400, headers: [(String, String)] = []
    ) -> HubRefusal {
        HubRefusal(
            HTTPResponse(status: status, headers: headers.map { HTTPHeader($0, $1) }, body: Secret(body)))
    }

    @Test("shows the documented error fields, and the request's id and date")
    func fields() {
        let refusal = refusal(
            #"{"error":"invalid_grant","error_description":"Token exchange failed"}"#,
            headers: [("x-request-id", "Root=1-2;abc"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")])
        #expect(refusal.sentence == "invalid_grant: Token exchange failed")
        #expect(refusal.requestID == "Root=1-2;abc")
        #expect(refusal.date?.secondsSince1970 == 784_111_777)
        #expect(refusal.status == 400)
    }

    @Test(
        "names the status where there is no error code to show",
        arguments: [
            "", "{}", "[]", #"{"error":null}"#, #"{"error":""}"#, #"{"error":1}"#, #"{"error":["invalid_grant"]}"#,
            #"{"error":"invalid_grant","error":"x"}"#, #"{"message":["x"]}"#,
        ])
    func oddCodes(body: String) {
        #expect(refusal(body, status: 418).sentence == "HTTP 418")
    }

    @Test(
        "shows what other published forms of an error say, and that a page is one",
        arguments: [
            (#"{"error":"Invalid username or password."}"#, "HTTP 418: Invalid username or password."),
            (#"{"error":"INVALID_GRANT"}"#, "HTTP 418: INVALID_GRANT"),
            (#"{"message":"Unauthorized"}"#, "HTTP 418: Unauthorized"),
            (#"{"error":"invalid_target","message":"no"}"#, "invalid_target: no"),
            // https://www.rfc-editor.org/rfc/rfc9457
            (#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"Not yours"}"#, "HTTP 418: Not yours"),
            (#"{"title":"Forbidden"}"#, "HTTP 418: Forbidden"),
            (#"{"error":"token hf_jwt_abcdefgh is bad"}"#, "HTTP 418: token [redacted] is bad"),
            ("<html>Log in</html>", "HTTP 418, with a web page"), (" \n<!doctype html>", "HTTP 418, with a web page"),
        ])
    func otherForms(body: String, sentence: String) {
        #expect(refusal(body, status: 418).sentence == sentence)
    }

    @Test(
        "never shows what could be a credential",
        arguments: [
            ("bad token hf_jwt_abcdefgh", "bad token [redacted]"), ("x=hf_abcdefgh, y", "[redacted] y"),
            ("eyJhbGciOiJub25lIn0.e30. is bad", "[redacted] is bad"), ("\"eyJhbGciOi\"", "[redacted]"),
            (String(repeating: "a", count: 101) + " b", "[redacted] b"), ("a hf_", "a [redacted]"),
            (String(repeating: "a", count: 100) + " b", String(repeating: "a", count: 100) + " b"),
            ("line\nhf_abcdefgh\nline", "[redacted]"),
        ])
    func redacts(description: String, shown: String) throws {
        let json = String(
            decoding: try JSONEncoder().encode(["error": "invalid_grant", "error_description": description]),
            as: UTF8.self)
        #expect(refusal(json).description == shown)
        #expect(refusal("", headers: [("x-request-id", description)]).requestID == shown)
    }

    @Test("does not show the end of a long credential whose beginning was cut off")
    func cut() throws {
        // 250 bytes of words, then a word of 200 bytes that the bound cuts to 50.
        let words = String(repeating: "word ", count: 50)
        let json = #"{"error":"invalid_grant","error_description":"\#(words)\#(String(repeating: "s", count: 200))"}"#
        #expect(refusal(json).description?.contains("sss") == false)
    }

    @Test("is bounded", arguments: [300, 5_000, 60_000])
    func bounded(count: Int) {
        let text = String(repeating: "a ", count: count / 2)
        let code = String(repeating: "a", count: count)
        let refusal = refusal(
            #"{"error":"\#(code)","error_description":"\#(text)"}"#, headers: [("x-request-id", text)])
        #expect(refusal.sentence.utf8.count <= 700)
        #expect((refusal.requestID?.utf8.count ?? 0) <= 320)
    }

    // https://github.com/huggingface/hub-docs/issues/2757
    @Test(
        "tells an aborted fetch of the issuer's keys from a refusal",
        arguments: [
            ("invalid_grant", "This operation was aborted", true),
            ("invalid_grant", "This operation was aborted.", false),
            ("invalid_request", "This operation was aborted", false),
            ("invalid_grant", "this operation was aborted", false),
        ])
    func aborted(error: String, description: String, isAborted: Bool) {
        #expect(refusal(#"{"error":"\#(error)","error_description":"\#(description)"}"#).isAborted == isAborted)
    }

    @Test("is not aborted without a description")
    func notAborted() {
        #expect(!refusal(#"{"error":"invalid_grant"}"#).isAborted)
    }
}
