import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

private let claimsStart = #""iss":"https://issuer.example","sub":"job""#
private let rightTimes = #""iat":\#(Forge.now),"exp":\#(Forge.now + 60)"#
private let rightAudience = #""aud":"https://huggingface.co""#

extension IDTokenVerifierTests {
    // https://www.rfc-editor.org/rfc/rfc8725#section-3.8 and 3.9
    private static let contents: [Case] = [
        .claims(
            "from another issuer", #"{"iss":"https://evil.example","sub":"job",\#(rightAudience),\#(rightTimes)}"#,
            "it is from another issuer"),
        .claims(
            "from the issuer with a slash",
            #"{"iss":"https://issuer.example/","sub":"job",\#(rightAudience),\#(rightTimes)}"#,
            "it is from another issuer"),
        .claims(
            "from a list of issuers",
            #"{"iss":["https://issuer.example"],"sub":"job",\#(rightAudience),\#(rightTimes)}"#,
            "it is from another issuer"),
        .claims("from nobody", #"{"sub":"job",\#(rightAudience),\#(rightTimes)}"#, "it is from another issuer"),
        .claims("for nobody", "{\(claimsStart),\(rightTimes)}", "it names no audience ('aud')"),
        .claims(
            "for somebody else", #"{\#(claimsStart),"aud":"https://hf.co",\#(rightTimes)}"#,
            "it is for another audience"),
        .claims("for a list of nobody", #"{\#(claimsStart),"aud":[],\#(rightTimes)}"#, "it is for another audience"),
        .claims("for a list of one", #"{\#(claimsStart),"aud":["https://huggingface.co"],\#(rightTimes)}"#, nil),
        .claims(
            "for a list of two", #"{\#(claimsStart),"aud":["https://huggingface.co","x"],\#(rightTimes)}"#,
            "it is for several audiences, and so for others too"),
        .claims(
            "for a list with a number", #"{\#(claimsStart),"aud":["https://huggingface.co",1],\#(rightTimes)}"#,
            "it names no audience ('aud')"),
        .claims(
            "about nobody", #"{"iss":"https://issuer.example",\#(rightAudience),\#(rightTimes)}"#,
            "it does not say whom it is about ('sub')"),
        .claims(
            "without an end", #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now)}"#,
            "its 'exp' is not a whole number of seconds"),
        .claims(
            "with an end in words",
            #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now),"exp":"\#(Forge.now + 60)"}"#,
            "its 'exp' is not a whole number of seconds"),
        .claims(
            "with an end beyond all numbers", #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now),"exp":1e400}"#,
            "its 'exp' is not a whole number of seconds"),
        .claims(
            "without a beginning", #"{\#(claimsStart),\#(rightAudience),"exp":\#(Forge.now + 60)}"#,
            "its 'iat' is not a whole number of seconds"),
        .claims(
            "expired by 59 s",
            #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now - 300),"exp":\#(Forge.now - 59)}"#, nil),
        .claims(
            "expired by 60 s",
            #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now - 300),"exp":\#(Forge.now - 60)}"#,
            "it expired 60 s ago, by this machine's clock"),
        .claims(
            "issued 60 s ahead",
            #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now + 60),"exp":\#(Forge.now + 300)}"#, nil),
        .claims(
            "issued 61 s ahead",
            #"{\#(claimsStart),\#(rightAudience),"iat":\#(Forge.now + 61),"exp":\#(Forge.now + 300)}"#,
            "it was issued 61 s from now, by this machine's clock"),
        .claims(
            "valid in 61 s", #"{\#(claimsStart),\#(rightAudience),\#(rightTimes),"nbf":\#(Forge.now + 61)}"#,
            "it is not valid for another 61 s, by this machine's clock"),
        .claims(
            "valid at some time", #"{\#(claimsStart),\#(rightAudience),\#(rightTimes),"nbf":"now"}"#,
            "its 'nbf' is not a whole number of seconds"),
    ]

    @Test("refuses claims of others, for others, and of another time", arguments: contents)
    private func content(_ test: Case) throws { try check(test) }

    @Test("leaves the times alone where they do not matter any more")
    func ignoringTimes() throws {
        let old = #"{\#(claimsStart),\#(rightAudience),"iat":1,"exp":2}"#
        let token = try Forge.signed(.rs256, claims: old)
        #expect(try refusal(of: token, keys: Forge.set(Forge.rsaKey), ignoringTimes: true) == nil)
    }
}
