import HFMintCore
import HFMintTesting
import Testing

private func rsa(_ members: String) -> String {
    Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)","e":"AQAB"\#(members)"#))
}

extension IDTokenVerifierTests {
    private static let keys: [Case] = [
        .keys(
            "of 1024 bits", Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.smallModulus)","e":"AQAB""#)),
            "the issuer's RSA key has 1024 bits, and 2048 are the least"),
        .keys(
            "of 1024 bits, with zeros in front",
            Forge.set(
                Forge.key(
                    #""kty":"RSA","kid":"r","n":"\#(base64URL([UInt8](repeating: 0, count: 200) + [UInt8](repeating: 0xFF, count: 128)))","e":"AQAB""#
                )), "the issuer's RSA key has 1024 bits, and 2048 are the least"),
        .keys(
            "of 8200 bits",
            Forge.set(
                Forge.key(
                    #""kty":"RSA","kid":"r","n":"\#(base64URL([UInt8](repeating: 0xFF, count: 1_025)))","e":"AQAB""#)),
            "the issuer's RSA key has 8200 bits, and 8192 are the most"),
        .keys(
            "with the exponent 1", Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)","e":"AQ""#)),
            "the issuer's RSA key has numbers that no RSA key has"),
        .keys(
            "with an even exponent", Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)","e":"Ag""#)),
            "the issuer's RSA key has numbers that no RSA key has"),
        .keys(
            "with a huge exponent",
            Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)","e":"\#(Forge.modulus)""#)),
            "the issuer's RSA key has numbers that no RSA key has"),
        .keys(
            "without an exponent", Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)""#)),
            "the issuer's RSA key lacks a number"),
        .keys(
            "in padded base64", Forge.set(Forge.key(#""kty":"RSA","kid":"r","n":"\#(Forge.modulus)","e":"AQAB====""#)),
            "the issuer's RSA key lacks a number"),
        .keys(
            "for PS256", rsa(#","alg":"PS256""#), "its 'alg' is RS256, and the issuer's key is for another algorithm"),
        .keys("for encryption", rsa(#","use":"enc""#), "the issuer's key is not for signatures"),
        .keys("for wrapping keys", rsa(#","key_ops":["wrapKey"]"#), "the issuer's key is not for signatures"),
        .keys("for signatures, said thrice", rsa(#","use":"sig","alg":"RS256","key_ops":["verify"]"#), nil),
        .keys(
            "with its private half", rsa(#","d":"AQAB""#),
            "the issuer publishes a private key, so that anybody can sign in its name"),
        .keys(
            "twice under one name", Forge.set(Forge.rsaKey, Forge.rsaKey), "the issuer has several keys of that name"),
        .keys(
            "of two kinds under one name",
            Forge.set(
                Forge.key(#""kty":"EC","kid":"r","crv":"P-256","x":"\#(Forge.point.x)","y":"\#(Forge.point.y)""#),
                Forge.rsaKey), nil),
        .keys(
            "among others that nobody knows",
            Forge.set(
                #"{"kty":"OKP","kid":"o","crv":"Ed25519","x":"AQ"}"#, #"{"kty":"oct","kid":"r","k":"AQ"}"#, "{}",
                Forge.rsaKey), nil),
        .keys("none at all", #"{"keys":[]}"#, "the issuer has no key of the name that its 'kid' says"),
        .keys("no list", #"{"keys":{}}"#, "the issuer's keys are not a key set"),
        .keys("no objects", #"{"keys":[1]}"#, "one of the issuer's keys is no object"),
        .keys("not JSON", "<html>", "the issuer's keys are not JSON: unexpected character"),
        .keys(
            "a name twice in one object", #"{"keys":[],"keys":[\#(Forge.rsaKey)]}"#,
            "the issuer's keys are not JSON: a name occurs twice in one object"),
        .keys(
            "more than a hundred", Forge.set(Array(repeating: "{}", count: 101).joined(separator: ",")),
            "the issuer has more than 100 keys"),
        .keys(
            "off the curve",
            Forge.set(
                Forge.key(#""kty":"EC","kid":"e","crv":"P-256","x":"\#(Forge.point.x)","y":"\#(Forge.point.x)""#)),
            "the issuer's key is no key", .es256),
        .keys(
            "the origin",
            Forge.set(
                Forge.key(
                    #""kty":"EC","kid":"e","crv":"P-256","x":"\#(base64URL([UInt8](repeating: 0, count: 32)))","y":"\#(base64URL([UInt8](repeating: 0, count: 32)))""#
                )), "the issuer's key is no key", .es256),
        .keys(
            "on another curve",
            Forge.set(
                Forge.key(#""kty":"EC","kid":"e","crv":"P-384","x":"\#(Forge.point.x)","y":"\#(Forge.point.y)""#)),
            "the issuer's key is on another curve than P-256", .es256),
        .keys(
            "with a short coordinate",
            Forge.set(Forge.key(#""kty":"EC","kid":"e","crv":"P-256","x":"AQ","y":"\#(Forge.point.y)""#)),
            "the issuer's key is not a point of 32 bytes each", .es256),
    ]

    @Test("refuses keys that are weak, wrong, or meant for something else", arguments: keys)
    private func key(_ test: Case) throws { try check(test) }
}
