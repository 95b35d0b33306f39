import HFMintCore
import HFMintTesting
import Testing

@Suite("id token")
struct IDTokenTests {
    private func reason(_ text: String) -> String? {
        do throws(NotAnIDToken) {
            _ = try IDToken.parse(Secret(text))
            return nil
        } catch {
            return error.reason
        }
    }

    private static let good = unsignedJWT(["aud": "https://huggingface.co"])

    @Test(
        "is accepted with the line breaks at its end that files and people leave",
        arguments: ["", "\n", "\r\n", "\n\n", "\r"])
    func lineBreak(ending: String) throws {
        let token = try IDToken.parse(Secret(Self.good + ending))
        let text = token.secret.revealedText()
        #expect(text == Self.good)
    }

    @Test(
        "refuses bytes that no JWT has",
        arguments: [
            good + "\n\na", good + " ", " " + good, "\n" + good, good + "\0", "\0", good + "=",
            "\"\(good)\"",
            good + "é", "Bearer " + good, good + "\u{FEFF}", "a+b.c/d.e",
        ])
    func otherBytes(text: String) {
        #expect(reason(text) == "it holds a byte that no JWT has")
    }

    @Test(
        "refuses what has not three parts",
        arguments: [
            "a", "a.b", ".", "..", "...", "a..b", ".a.b", "a.b.", "a.b.c.d", good + ".", "." + good, "a.b..c",
            // A JWE has five: https://www.rfc-editor.org/rfc/rfc7516#section-3.1
            "a.b.c.d.e",
        ])
    func wrongParts(text: String) {
        #expect(reason(text) == "it does not have the three parts of a JWT")
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

    @Test("refuses an empty one", arguments: ["", "\n", "\r\n"])
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
        let error = NotAnIDToken.self
        for text in ["SECRETPART", "SECRETPART.SECRETPART.SECRETPART", "SECRETPART\0"] {
            #expect(throws: error) { _ = try IDToken.parse(Secret(text)) }
            #expect(reason(text)?.contains("SECRET") == false)
        }
    }
}

@Suite("claims")
struct ClaimsTests {
    @Test(
        "have as audience a string or an array of them",
        arguments: [
            ("https://huggingface.co", ["https://huggingface.co"]), (["a", "b"], ["a", "b"]), ([], []), (1, []),
            (["a", 1, ["b"], true], ["a"]), (["a": "b"], []), ("", [""]),
        ] as [(ClaimValue, [String])])
    func audiences(claim: ClaimValue, audiences: [String]) throws {
        #expect(try testClaims(["aud": claim]).audiences == audiences.map { Array($0.utf8) })
    }

    @Test("have no audience where they have no `aud`")
    func noAudience() throws {
        #expect(try testClaims([:]).audiences.isEmpty)
    }

    @Test("show strings, numbers and booleans, and nothing that has parts")
    func shown() throws {
        let claims = try testClaims(["s": "a\nb", "n": -12, "b": true, "a": ["x"], "o": ["x": "y"]])
        #expect(["s", "n", "b", "a", "o", "missing"].map { claims[$0] } == ["a\nb", "-12", "true", nil, nil, nil])
    }

    @Test("compare strings byte by byte")
    func compare() throws {
        let claims = try testClaims(["ref": "refs/heads/é", "id": 1])
        #expect(claims.equals("ref", "refs/heads/é"))
        #expect(!claims.equals("ref", "refs/heads/e\u{301}"))
        #expect(!claims.equals("ref", "refs/heads/É"))
        #expect(!claims.equals("id", "1"))
        #expect(!claims.equals("missing", ""))
    }

    @Test(
        "keep times within the years that can be told and counted with",
        arguments: [
            (1_795_230_245, 1_795_230_245), (0, 0), (-1, 0), (Int.min, 0), (Int.max, 253_402_300_799),
        ])
    func times(claim: Int, seconds: Int) throws {
        let claims = try testClaims(["exp": .integer(claim), "iat": .integer(claim)])
        #expect(claims.expiresAt?.secondsSince1970 == seconds)
        #expect(claims.issuedAt?.secondsSince1970 == seconds)
    }

    @Test("have no time where it is not a whole number", arguments: ["1795230245", true, ["x"]] as [ClaimValue])
    func noTime(claim: ClaimValue) throws {
        #expect(try testClaims(["exp": claim]).expiresAt == nil)
    }
}
