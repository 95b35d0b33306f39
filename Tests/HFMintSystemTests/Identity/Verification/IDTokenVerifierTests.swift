@testable import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

/// Tests of Core that need the real libcrypto, and so stand with what opens it.
@Suite("ID token verifier")
struct IDTokenVerifierTests {
    /// The refusal of `token`, without what all begin with; `nil` where it is believed.
    func refusal(
        of token: String, keys: String, document: String? = nil, ignoringTimes: Bool = false
    ) throws -> String? {
        let document =
            document ?? #"{"issuer":"\#(Forge.issuer)","jwks_uri":"\#(Forge.issuer)/keys"}"#
        let asking: [ScriptedTransport.Exchange] = [
            .answer("GET https://issuer.example/.well-known/openid-configuration", 200, document),
            .answer("GET https://issuer.example/keys", 200, keys),
        ]
        let machine = FakeMachine(
            transport: ScriptedTransport(asking + asking), signatures: LibCrypto())
        let verifier = IDTokenVerifier(
            issuer: Array(Forge.issuer.utf8), audience: Forge.audience, keys: IssuerKeys(), context: machine.context)
        let idToken = try IDToken.parse(Secret(token))
        do throws(MintError) {
            try verifier.verify(idToken, ignoringTimes: ignoringTimes) { .default }
            return nil
        } catch {
            #expect(error.code == .identityUnverified && !error.isTransient)
            #expect(error.hint != nil)
            let start = "the ID token is not believed: "
            #expect(error.message.hasPrefix(start))
            return String(error.message.dropFirst(start.count))
        }
    }

    @Test("believes what the issuer signed", arguments: SignatureAlgorithm.allCases)
    func good(algorithm: SignatureAlgorithm) throws {
        #expect(try refusal(of: Forge.signed(algorithm), keys: Forge.set(Forge.ecKey, Forge.rsaKey)) == nil)
    }

    // https://www.rfc-editor.org/rfc/rfc8725#section-3.1 and 3.2
    private static let algorithms: [Case] = [
        Case("alg none, without a signature", refusal: "it is not signed (alg 'none')") {
            "\(base64URL(#"{"alg":"none","kid":"r"}"#.utf8)).\(base64URL(Forge.claims.utf8)).AA"
        },
        .header("alg nOnE", #"{"alg":"nOnE","kid":"r"}"#, "it is not signed (alg 'none')"),
        .header("HS256", #"{"alg":"HS256","kid":"r"}"#, "its 'alg' is 'HS256', and only RS256 and ES256 are taken"),
        .header("PS256", #"{"alg":"PS256","kid":"r"}"#, "its 'alg' is 'PS256', and only RS256 and ES256 are taken"),
        .header("RS1", #"{"alg":"RS1","kid":"r"}"#, "its 'alg' is 'RS1', and only RS256 and ES256 are taken"),
        .header(
            "lower case", #"{"alg":"rs256","kid":"r"}"#, "its 'alg' is 'rs256', and only RS256 and ES256 are taken"),
        .header(
            "a space behind", #"{"alg":"RS256 ","kid":"r"}"#,
            "its 'alg' is 'RS256 ', and only RS256 and ES256 are taken"),
        .header("an array", #"{"alg":["RS256"],"kid":"r"}"#, "its 'alg' is not a string"),
        .header("null", #"{"alg":null,"kid":"r"}"#, "its header names no algorithm ('alg')"),
        .header("no alg", #"{"kid":"r"}"#, "its header names no algorithm ('alg')"),
        .header(
            "ES256 with the name of an RSA key", #"{"alg":"ES256","kid":"r"}"#,
            "its signature is not 64 bytes, as ES256 has them"),
        .header(
            "RS256 with the name of an EC key", #"{"alg":"RS256","kid":"e"}"#,
            "its 'alg' is RS256, and the issuer's key of that name is of another kind"),
        Case(
            "ES256, signed by the issuer's HMAC of its public key",
            refusal: "its 'alg' is 'HS256', and only RS256 and ES256 are taken"
        ) {
            let message = "\(base64URL(#"{"alg":"HS256","kid":"r"}"#.utf8)).\(base64URL(Forge.claims.utf8))"
            let code = try LibCrypto().hmacSHA256(Array(message.utf8), key: Secret(Forge.modulus))
            return "\(message).\(base64URL(code))"
        },
    ]

    // https://www.rfc-editor.org/rfc/rfc8725#section-3.10 and 3.11
    private static let headers: [Case] = [
        .header("no kid", #"{"alg":"RS256"}"#, "its header names no key ('kid')"),
        .header("an empty kid", #"{"alg":"RS256","kid":""}"#, "its 'kid' is not the name of a key"),
        .header("a kid that is a number", #"{"alg":"RS256","kid":1}"#, "its 'kid' is not the name of a key"),
        .header("a kid that is a list", #"{"alg":"RS256","kid":["r"]}"#, "its 'kid' is not the name of a key"),
        .header(
            "a kid that is a path", #"{"alg":"RS256","kid":"../../../dev/null"}"#,
            "the issuer has no key of the name that its 'kid' says"),
        .header(
            "a kid that is a query", #"{"alg":"RS256","kid":"r' OR '1'='1"}"#,
            "the issuer has no key of the name that its 'kid' says"),
        .header(
            "a kid that is a URL", #"{"alg":"RS256","kid":"https://evil.example/key"}"#,
            "the issuer has no key of the name that its 'kid' says"),
        .header(
            "a kid in another case", #"{"alg":"RS256","kid":"R"}"#,
            "the issuer has no key of the name that its 'kid' says"),
        .header(
            "jku", #"{"alg":"RS256","kid":"r","jku":"https://evil.example/keys"}"#,
            "its header has 'jku', and keys are taken from the issuer alone"),
        .header(
            "x5u", #"{"alg":"RS256","kid":"r","x5u":"https://evil.example/cert"}"#,
            "its header has 'x5u', and keys are taken from the issuer alone"),
        .header(
            "x5c", #"{"alg":"RS256","kid":"r","x5c":["MIIB"]}"#,
            "its header has 'x5c', and keys are taken from the issuer alone"),
        .header(
            "jwk", #"{"alg":"RS256","kid":"r","jwk":\#(Forge.rsaKey)}"#,
            "its header has 'jwk', and keys are taken from the issuer alone"),
        .header(
            "crit", #"{"alg":"RS256","kid":"r","crit":["b64"],"b64":false}"#,
            "its header has 'crit': something in it must be understood that hfmint does not know"),
        .header(
            "an empty crit", #"{"alg":"RS256","kid":"r","crit":[]}"#,
            "its header has 'crit': something in it must be understood that hfmint does not know"),
        .header(
            "an access token", #"{"alg":"RS256","kid":"r","typ":"at+jwt"}"#,
            "its 'typ' says that it is something else than an ID token"),
        .header(
            "a security event", #"{"alg":"RS256","kid":"r","typ":"secevent+jwt"}"#,
            "its 'typ' says that it is something else than an ID token"),
        .header(
            "a typ that is no string", #"{"alg":"RS256","kid":"r","typ":true}"#,
            "its 'typ' says that it is something else than an ID token"),
        .header("application/JWT", #"{"alg":"RS256","kid":"r","typ":"application/JWT"}"#, nil),
        .header("no typ, and a thumbprint", #"{"alg":"RS256","kid":"r","x5t":"AQID"}"#, nil),
    ]

    // https://www.rfc-editor.org/rfc/rfc8725#section-3.3 and 3.4
    private static let signatures: [Case] = [
        .signature(
            "of zeros", [UInt8](repeating: 0, count: 64), "its signature has a zero in it, which ES256 never gives"),
        .signature(
            "with r zero", [UInt8](repeating: 0, count: 32) + [UInt8](repeating: 1, count: 32),
            "its signature has a zero in it, which ES256 never gives"),
        .signature(
            "with s zero", [UInt8](repeating: 1, count: 32) + [UInt8](repeating: 0, count: 32),
            "its signature has a zero in it, which ES256 never gives"),
        .signature("too short", [UInt8](repeating: 1, count: 63), "its signature is not 64 bytes, as ES256 has them"),
        .signature("too long", [UInt8](repeating: 1, count: 65), "its signature is not 64 bytes, as ES256 has them"),
        .signature(
            "in DER", [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01],
            "its signature is not 64 bytes, as ES256 has them"),
        .signature("beyond the group", [UInt8](repeating: 0xFF, count: 64), "its signature is not the issuer's"),
        .signature("of ones", [UInt8](repeating: 1, count: 64), "its signature is not the issuer's"),
        Case("of other claims", refusal: "its signature is not the issuer's") {
            let signature = try Forge.signed(.rs256).split(separator: ".")[2]
            let header = base64URL(#"{"alg":"RS256","kid":"r"}"#.utf8)
            return "\(header).\(base64URL(Forge.claims.utf8)).\(signature)"
        },
        Case("too short for RSA", refusal: "its signature is not the issuer's") {
            try Forge.signed(.rs256).split(separator: ".").dropLast().joined(separator: ".") + ".AQAB"
        },
    ]

    // https://www.rfc-editor.org/rfc/rfc8725#section-3.5
    @Test("refuses another algorithm than a key is for", arguments: algorithms)
    private func algorithm(_ test: Case) throws { try check(test) }

    @Test("refuses headers that bring a key, name none, or want more than is known", arguments: headers)
    private func header(_ test: Case) throws { try check(test) }

    @Test("refuses signatures of others", arguments: signatures)
    private func signature(_ test: Case) throws { try check(test) }

    func check(_ test: Case) throws {
        #expect(try refusal(of: test.make(), keys: test.keys) == test.refusal)
    }

    @Test(
        "refuses a discovery document that speaks of others, or leads elsewhere",
        arguments: [
            (
                #"{"issuer":"https://issuer.example/","jwks_uri":"https://issuer.example/keys"}"#,
                "the issuer's discovery document is about another issuer"
            ),
            (
                #"{"issuer":"https://evil.example","jwks_uri":"https://issuer.example/keys"}"#,
                "the issuer's discovery document is about another issuer"
            ),
            (#"{"jwks_uri":"https://issuer.example/keys"}"#, "the issuer's discovery document is about another issuer"),
            (
                #"{"issuer":"https://issuer.example","jwks_uri":"http://issuer.example/keys"}"#,
                "the issuer's keys are not at an https URL of another machine"
            ),
            (
                #"{"issuer":"https://issuer.example","jwks_uri":"http://127.0.0.1/keys"}"#,
                "the issuer's keys are not at an https URL of another machine"
            ),
            (
                #"{"issuer":"https://issuer.example","jwks_uri":"https://localhost/keys"}"#,
                "the issuer's keys are not at an https URL of another machine"
            ),
            (
                #"{"issuer":"https://issuer.example","jwks_uri":"file:///etc/passwd"}"#,
                "the issuer's discovery document does not say where its keys are ('jwks_uri')"
            ),
            (
                #"{"issuer":"https://issuer.example"}"#,
                "the issuer's discovery document does not say where its keys are ('jwks_uri')"
            ),
            (
                #"{"issuer":"https://issuer.example","issuer":"https://issuer.example"}"#,
                "the issuer's discovery document is not JSON: a name occurs twice in one object"
            ),
            ("", "the issuer's discovery document is not JSON: the text ends too early"),
        ])
    func discovery(document: String, expected: String) throws {
        #expect(
            try refusal(of: Forge.signed(.rs256), keys: Forge.set(Forge.rsaKey), document: document) == expected)
    }
}
