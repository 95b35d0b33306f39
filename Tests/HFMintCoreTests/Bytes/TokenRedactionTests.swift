import HFMintCore
import Testing

@Suite("token redaction")
struct TokenRedactionTests {
    private static let userToken = "hf_" + String(repeating: "aB3", count: 12)
    private static let ticket = "hf_ticket_" + String(repeating: "aB3-_", count: 20) + "." + userToken

    @Test(
        "takes who logs in out of a URL, and leaves the rest",
        arguments: [
            ("https://user:pw@hub.example/a", "https://[redacted]@hub.example/a"),
            ("'https://user:p/w?x#y@hub.example' is bad", "'https://[redacted]@hub.example' is bad"),
            ("https://user:p@w@hub.example:8443/", "https://[redacted]@hub.example:8443/"),
            ("https://user:12/34@hub.example", "https://[redacted]@hub.example"),
            ("https://name@hub.example", "https://[redacted]@hub.example"),
            ("credential.https://u:p@hf.co.helper and x@y", "credential.https://[redacted]@hf.co.helper and x@y"),
            ("a://b:c@d e://f:g@h", "a://[redacted]@d e://[redacted]@h"),
        ])
    func userInfo(text: String, shown: String) {
        #expect(text.withoutTokens == shown)
    }

    @Test(
        "leaves alone what holds no password",
        arguments: [
            "https://hub.example/a@b", "https://[::1]:8443/a@b", "acme/x/.github/workflows/p.yml@refs/heads/main",
            "git@hf.co:acme/model", "https://hub.example:8443/", "://", "hf_short", "https://@hub.example", "://@",

        ])
    func nothing(text: String) {
        #expect(text.withoutTokens == text)
    }

    @Test(
        "takes tokens out, of whatever kind",
        arguments: [
            "hf_jwt_abcdefgh.x-y_z", "hf_oauth_abcdefgh",
            "hf_ticket_abcdefgh-_x.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            "oauth_app_secret_abcdefgh",
            userToken, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ9.x",
        ])
    func tokens(token: String) {
        #expect(token.withoutTokens == "[redacted]")
        #expect("/a/\(token) b".withoutTokens == "/a/[redacted] b")
        #expect("é\(token)é".withoutTokens == "é[redacted]é")
    }

    @Test("reads a text once, however often a URL begins in it", .timeLimit(.minutes(1)))
    func long() {
        let text = String(repeating: "://", count: 200_000)
        #expect(text.withoutTokens == text)
        #expect((text + "u@h").withoutTokens == "://[redacted]@h")
    }

    @Test("knows a token by its looks", arguments: [userToken, "hf_jwt_" + userToken, "hf_oauth_" + userToken, ticket])
    func token(text: String) {
        #expect(text.looksLikeToken)
        #expect("a \(text) b".withoutTokens == "a [redacted] b")
        #expect(!"x\(text)".looksLikeToken)
    }

    @Test(
        "takes a name for no token",
        arguments: ["hf_jwt_decoder_small", "hf_ticket_classifier_small_and_fast", "hf_internal", "acme", ""])
    func name(text: String) {
        #expect(!text.looksLikeToken)
    }

    @Test("is no resource, and the error does not repeat it", arguments: ["", "https://huggingface.co/", "acme/"])
    func resource(before: String) {
        let error = #expect(throws: MintError.self) {
            try Resource(parsing: before + Self.userToken, endpoint: .huggingFace)
        }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("looks like a token") == true)
        #expect(error?.message.contains(Self.userToken) == false)
    }

    @Test("shows no password in a finding of doctor's")
    func finding() {
        let finding = Finding.warn(
            "https://u:p@h", next: "unset https://u:p@h", details: ["https://u:p@h"],
            facts: [.init("endpoint", "https://u:p@h")])
        let shown = "https://[redacted]@h"
        #expect(finding == .warn(shown, next: "unset \(shown)", details: [shown], facts: [.init("endpoint", shown)]))
        #expect(finding.message == shown && finding.facts.first?.value == shown)
    }
}
