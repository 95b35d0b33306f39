import HFMintCore
import HFMintTesting
import Testing

@Suite("id token")
struct IDTokenTests {
    private func reason(_ text: String) -> String? {
        do throws(Malformed) {
            _ = try IDToken.parse(Secret(text))
            return nil
        } catch {
            return error.reason
        }
    }

    private static let good = unsignedJWT(["aud": "https://huggingface.co"])

    @Test(
        "is accepted with the blanks and line breaks around it that files, programs and forms leave",
        arguments: [("", ""), ("", "\n"), ("", "\r\n"), ("", " "), ("", "\n\n"), (" \t", ""), ("\n", " \r\n\n")])
    func blanks(before: String, after: String) throws {
        let token = try IDToken.parse(Secret(before + Self.good + after))
        let text = token.secret.revealedText()
        #expect(text == Self.good)
    }

    private static let wrapped = Base64URL.encode(Array(good.utf8))

    @Test(
        "is told from what people paste in its place, by what stands there and what to do",
        arguments: [
            ("\"\(good)\"", "it has quotes around it", "jq -r"), ("'\(good)'", "it has quotes around it", "jq -r"),
            ("\u{201C}\(good)\u{201D}", "it has quotes around it", "jq -r"), ("\(good)\"", "it has quotes", "jq -r"),
            ("Bearer \(good)", "it has 'Bearer' in front", "what follows"),
            ("bearer \(good)", "it has 'Bearer' in front", "what follows"),
            ("Authorization: Bearer \(good)", "it has 'Authorization' in front", "what follows"),
            ("Token \(good)", "it has 'Token' in front", "what follows"),
            ("export X=\(good)", "it begins with 'export'", "behind the equals sign"),
            ("HF_OIDC_ID_TOKEN=\(good)", "it is an assignment", "behind the equals sign"),
            (#"{"count":1,"value":"\#(good)"}"#, "its member 'value'", "jq -r .value"),
            (#"{"token":"\#(good)"}"#, "its member 'token'", "jq -r .token"),
            (#"{"message":"no"}"#, "it is JSON", "jq -r"), ("[1]", "it is JSON", "jq -r"),
            ("<html><body></body></html>", "it is a web page", "a proxy"), ("<!doctype html>", "a web page", "a proxy"),
            (wrapped, "a JWT in base64 once more", "base64 -d"), (wrapped + "=", "in base64 once more", "base64 -d"),
            (String(good.prefix(20)) + "\n" + good.dropFirst(20), "it is broken over lines", "tr -d"),
            (good + "\n" + good, "it holds more than one line", "the line of the token"),
            (good + " " + good, "it holds a blank", "no blanks"), (good + "\\n", "it holds a backslash", "printf"),
            ("eyJ%2E" + good, "percent-encoded", "decode"), ("a+b.c/d.e", "base64url", "not to be encoded again"),
            ("\u{FEFF}\(good)", "a byte order mark", "ASCII"), (good + "\0", "UTF-16", "ASCII"),
            (good + "é", "invisible, or not ASCII", "cat -A"), (good + "\u{200B}", "invisible", "cat -A"),
            ("hf_abcdefghijklmnop", "a token of the Hub", "OIDC token"), ("ghs_abc", "GitHub's API", "OIDC token"),
            ("github_pat_abc", "GitHub's API", "OIDC token"), ("glcbt-64_abc", "GitLab's API", "OIDC token"),
            ("ASIAABC", "AWS", "OIDC token"), ("ya29.abc", "Google's", "OIDC token"),
            ("-----BEGIN PRIVATE KEY-----\nx", "a key or a certificate", "OIDC token"),
            ("***", "in place of a secret", "a log"), ("[MASKED]", "in place of a secret", "a log"),
            ("null", "the word 'null'", "found no token"), ("undefined", "the word 'undefined'", "found no token"),
            ("$CI_JOB_JWT", "nothing has replaced", "quotes"),
            ("${{ steps.a.outputs.b }}", "nothing has replaced", "quotes"),
            ("%ID_TOKEN%", "nothing has replaced", "quotes"), ("<your-token>", "nothing has replaced", "quotes"),
            ("/var/run/secrets/token", "it is a path", "--id-token-file"),
            ("./token", "it is a path", "--id-token-file"),
            ("https://token.example/x", "it is a URL", "--id-token-command"),
            ("a.b.c.d.e", "it is encrypted", "signed alone"), ("a.b.", "it is not signed", "a signed ID token"),
            ("a.b", "the signature is missing", "to its end"), ("abc", "it has no dots", "three parts"),
            ("a.b.c.d", "more parts than a JWT", "one token"),
        ] as [(String, String, String)])
    func pasted(text: String, reason: String, hint: String) {
        let error = #expect(throws: Malformed.self) { _ = try IDToken.parse(Secret(text)) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.hint?.contains(hint) == true, "\(error?.hint ?? "")")
        #expect(error?.reason.contains("eyJ") == false)
    }

    @Test(
        "refuses bytes that no JWT has",
        arguments: ["a!b", "!", "(\(good))", good + ";" + good, good + "," + good, "#", "a\u{7F}.b.c", good + "="])
    func otherBytes(text: String) {
        #expect(reason(text) != nil)
        #expect(reason(text)?.contains("eyJ") == false)
    }

    @Test(
        "refuses what has not three parts",
        arguments: [
            "a", "a.b", ".", "..", "...", "a..b", ".a.b", "a.b.", "a.b.c.d", good + ".", "." + good, "a.b..c",
            // A JWE has five: https://www.rfc-editor.org/rfc/rfc7516#section-3.1
            "a.b.c.d.e",
        ])
    func wrongParts(text: String) {
        #expect(reason(text) != nil)
    }

    @Test(
        "refuses parts that are not canonical base64url of a JSON object",
        arguments: [
            "a.b.c", "bnVsbA.e30.c", "e30.bnVsbA.c", "e30.W10.c", "e30.e31.c", "e30.e3.c", "e30.eyJhIjoxLCJhIjoyfQ.c",
            "e30.e30e.c", "e30.IiI.c",
        ])
    func wrongJSON(text: String) {
        #expect(reason(text) == "its header or its claims are not a JSON object")
    }

    @Test("refuses duplicate claims, which two parsers would read differently")
    func duplicates() {
        let text = unsignedJWT(json: #"{"aud":"https://huggingface.co","aud":"https://evil.example"}"#)
        #expect(reason(text) == "its header or its claims are not a JSON object")
    }

    @Test("refuses an empty one", arguments: ["", "\n", "\r\n", "  ", "\n\n\t"])
    func empty(text: String) {
        #expect(reason(text) == "it is empty")
    }

    @Test("is at most 32 KiB")
    func size() {
        let room = IDToken.byteLimit - (Self.good.utf8.count + 1)
        let largest = Self.good + String(repeating: "A", count: room + 1)
        #expect(largest.utf8.count == 32 << 10)
        #expect(reason(largest) == nil)
        #expect(reason(largest + "A") == "it is larger than 32 KiB")
    }

    @Test("never quotes itself in a refusal")
    func quotesNothing() {
        let error = Malformed.self
        for text in ["SECRETPART", "SECRETPART.SECRETPART.SECRETPART", "SECRETPART\0"] {
            #expect(throws: error) { _ = try IDToken.parse(Secret(text)) }
            #expect(reason(text)?.contains("SECRET") == false)
        }
    }
}
