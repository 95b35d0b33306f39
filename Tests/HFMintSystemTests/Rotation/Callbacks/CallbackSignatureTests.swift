@testable import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

/// Tests of Core that need the real libcrypto, and so stand with what opens it.
@Suite("callback signatures")
struct CallbackSignatureTests {
    // The first two: <https://github.com/standard-webhooks/standard-webhooks> (its libraries' tests) and
    // <https://docs.svix.com/receiving/verifying-payloads/how-manual>; the third is an empty body.
    @Test(
        "signs as Standard Webhooks' own libraries do",
        arguments: [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.",
                #"{"test": 2432232314}"#, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            ),
            (
                "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf.1731705121.",
                #"{"event_type":"ping","data":{"success":true}}"#, "rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
            ),
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_1.0.", "",
                "ij2G0S51rXTp+PMwqJOjeWFLEpktT32X6cQ9P08rbws="
            ),
        ])
    func standardWebhooks(secret: String, head: String, body: String, signature: String) throws {
        // Svix's example has 18 bytes, where the standard wants 24 at the least: so the rule is not asked here.
        let text = Array(secret.utf8.dropFirst("whsec_".utf8.count))
        let code = try LibCrypto().hmacSHA256(
            Array((head + body).utf8), key: Secret(decodingBase64: text.span) ?? Secret(copying: []))
        #expect(Secret(copying: code).base64Encoded().revealedText() == signature)
    }

    @Test(
        "takes no webhook secret that is not whsec_ and 24 to 64 bytes",
        arguments: [
            "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_*",
            "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_" + String(repeating: "AAAA", count: 22),
        ])
    func malformedSecret(text: String) {
        #expect(throws: MintError.self) { _ = try StandardWebhooks.key(Secret(text)).byteCount }
    }

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1
    @Test("makes the HS256 signature of RFC 7515")
    func hs256() throws {
        let text = Array("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow".utf8)
        let bytes = Base64URL.decode(text.span)
        let key = try #require(bytes)
        let code = try LibCrypto().hmacSHA256(
            Array("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.payload)".utf8), key: Secret(copying: key))
        #expect(Base64URL.encode(code) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2
    @Test("makes the RS256 signature of RFC 7515")
    func rs256() throws {
        let signature = try LibCrypto().sign(
            Array("eyJhbGciOiJSUzI1NiJ9.\(Self.payload)".utf8), with: .rs256, pem: Forge.pem(.rs256))
        #expect(
            Base64URL.encode(signature)
                == "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJd"
                + "bF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN938"
                + "3LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkW"
                + "ywlVmtVrBp0igcN_IoypGlUPQGe77Rw")
    }

    /// Such a signature is another one each time; an independent reader checks it in Tests/EndToEnd.
    @Test("makes an ES256 signature of two numbers of 32 bytes each with the key of RFC 7515")
    func es256() throws {
        let signature = try LibCrypto().sign(
            Array("eyJhbGciOiJFUzI1NiJ9.\(Self.payload)".utf8), with: .es256, pem: Forge.pem(.es256))
        #expect(signature.count == 64)
    }

    @Test("signs nothing with a key of another kind", arguments: [SignatureAlgorithm.rs256, .es256])
    func otherKey(algorithm: SignatureAlgorithm) {
        let other: SignatureAlgorithm = algorithm == .rs256 ? .es256 : .rs256
        #expect(throws: MintError.self) { try LibCrypto().sign([1], with: algorithm, pem: Forge.pem(other)) }
        #expect(throws: MintError.self) { try LibCrypto().sign([1], with: algorithm, pem: Secret("no key")) }
    }

    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
}
