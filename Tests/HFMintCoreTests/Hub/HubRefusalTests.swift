import Foundation
import HFMintCore
import HFMintTesting
import Testing

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
        "knows a front door by the code of its header, with which its description begins",
        arguments: [
            ("not-granted", "not-granted: no grant gives it", true), ("not-granted", "no grant gives it", false),
            ("not", "not-granted: no grant gives it", false), (nil, "not-granted: no grant gives it", false),
        ])
    func frontDoor(code: String?, description: String, isFrontDoor: Bool) {
        let body = #"{"error":"invalid_grant","error_description":"\#(description)"}"#
        #expect(refusal(body, headers: code.map { [("x-error-code", $0)] } ?? []).isOfFrontDoor == isFrontDoor)
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
