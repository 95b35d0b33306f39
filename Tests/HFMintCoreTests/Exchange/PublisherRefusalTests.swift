import HFMintCore
import HFMintTesting
import Testing

@Suite("refusal")
struct PublisherRefusalTests {
    private static let claims: [String: ClaimValue] = [
        "iss": "https://token.actions.githubusercontent.com", "sub": "repo:acme/training:ref:refs/heads/main",
        "aud": "https://huggingface.co", "repository": "acme/training", "ref": "refs/heads/main", "actor": "octocat",
        "workflow_ref": "acme/training/.github/workflows/p.yml@refs/heads/main", "email": "someone@acme.example",
        "repository_id": "12",
    ]

    private func error(
        _ body: String, claims: [String: ClaimValue] = claims, headers: [String: String] = [:],
        resource: String = "acme/model"
    ) throws -> MintError {
        let world = ExchangeWorld([
            ExchangeWorld.minted(claims), .answer(ExchangeWorld.exchange, 400, body, headers: headers),
        ])
        return try #require(throws: MintError.self) {
            try world.token(try world.exchanger(), for: resource)
        }
    }

    @Test("says what was sent, and what to type into the form for this very job")
    func invalidGrant() throws {
        let error = try error(
            #"{"error":"invalid_grant","error_description":"Token exchange failed"}"#,
            headers: ["x-request-id": "Root=1"])
        #expect(
            error.message == "huggingface.co refused a token for 'acme/model': invalid_grant: Token exchange failed")
        #expect(
            error.facts == [
                "request id: Root=1",
                "the ID token said:",
                "  iss            https://token.actions.githubusercontent.com",
                "  sub            repo:acme/training:ref:refs/heads/main",
                "  aud            https://huggingface.co",
                "  repository     acme/training",
                "  repository_id  12",
                "  ref            refs/heads/main",
                "  workflow_ref   acme/training/.github/workflows/p.yml@refs/heads/main",
                "a Trusted Publisher that fits this job:",
                "  preset      GitHub",
                "  issuer      https://token.actions.githubusercontent.com  (who signs the job's ID tokens)",
                "  repository  acme/training                                (the repository that the job runs in)",
                "  branch      main                                         (only runs on this branch)",
                "  workflow    p.yml                                        (only this workflow file)",
                "tighter, if the form takes them as custom claims:",
                "  repository_id  12  (survives a rename; nobody can take it over)",
            ])
        #expect(
            error.hint
                == "compare with the publishers at https://huggingface.co/acme/model/settings, or add this one there")
    }

    @Test("shows no claim that names a person, nor the token itself")
    func discreet() throws {
        let error = try error(#"{"error":"invalid_grant"}"#)
        let text = "\(error)"
        #expect(!text.contains("octocat") && !text.contains("someone@") && !text.contains("eyJ"))
        #expect(!text.contains("runner"))
    }

    @Test("shows an audience that is a list")
    func audiences() throws {
        var claims = Self.claims
        claims["aud"] = ["https://huggingface.co", "x"]
        let details = try error(#"{"error":"invalid_grant"}"#, claims: claims).publisher
        #expect(details.contains("  aud            [https://huggingface.co, x]"))
    }

    @Test(
        "blames the clock where it differs by more than a minute",
        arguments: [
            ("Sat, 21 Nov 2026 03:04:05 GMT", nil), ("Sat, 21 Nov 2026 03:05:05 GMT", nil),
            ("Sat, 21 Nov 2026 03:06:05 GMT", "the clock of this machine is 2 min behind the Hub's"),
            ("Sat, 21 Nov 2026 01:04:05 GMT", "the clock of this machine is 2 h ahead of the Hub's"),
        ])
    func clock(date: String, line: String?) throws {
        let details = try error(#"{"error":"invalid_grant"}"#, headers: ["date": date]).details
        #expect(details.first { $0.contains("clock") } == line)
    }

    @Test(
        "explains no trust where the request itself was wrong",
        arguments: [
            #"{"error":"invalid_request","error_description":"resource not found"}"#, "", "<html>",
        ])
    func otherErrors(body: String) throws {
        let error = try error(body, resource: "datasets/acme/data")
        #expect(error.facts.isEmpty)
        #expect(error.hint?.contains("Trusted Publisher") == false)
        if body.contains("invalid_request") {
            #expect(error.hint?.contains("'datasets/acme/data' means a dataset repository") == true)
        } else {
            // Not an answer in OAuth's form: perhaps it is not the Hub.
            #expect(error.hint == "check that https://huggingface.co is the Hub and not a proxy's page")
        }
    }

    @Test("sends whoever a front door refuses to the front door's manifest, and not to the Hub's form")
    func frontDoor() throws {
        let error = try error(
            #"{"error":"invalid_grant","error_description":"not-granted: no grant gives it"}"#,
            headers: ["x-error-code": "not-granted"])
        #expect(error.facts.contains("the ID token said:"))
        #expect(!error.facts.contains { $0.contains("Trusted Publisher") })
        #expect(error.hint?.contains("`hfmint serve explain`") == true)
        #expect(error.hint?.contains("publishers") == false)
    }
}
