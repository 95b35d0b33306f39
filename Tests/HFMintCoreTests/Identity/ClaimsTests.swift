import HFMintCore
import HFMintTesting
import Testing

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

    @Test(
        "read a time with a fraction or an exponent, and one that is written as a text",
        arguments: [
            ("1795230245.75", 1_795_230_245), ("1.795230245e9", 1_795_230_245), ("\"1795230245\"", 1_795_230_245),
            ("\"1795230245.5\"", 1_795_230_245), ("-0.5", 0), ("1e99", 253_402_300_799),
        ])
    func otherTimes(written: String, seconds: Int) throws {
        let claims = Claims(try JSONText(Array(#"{"exp":\#(written)}"#.utf8)))
        #expect(claims.expiresAt?.secondsSince1970 == seconds)
    }

    @Test("have no time where it is no number", arguments: ["soon", "", "nan", "0x7", true, ["x"]] as [ClaimValue])
    func noTime(claim: ClaimValue) throws {
        #expect(try testClaims(["exp": claim]).expiresAt == nil)
    }
}
