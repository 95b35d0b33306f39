@testable import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

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
            Array("eyJhbGciOiJSUzI1NiJ9.\(Self.payload)".utf8), with: .rs256, pem: Secret(Self.pem(Self.rsaKey)))
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
            Array("eyJhbGciOiJFUzI1NiJ9.\(Self.payload)".utf8), with: .es256, pem: Secret(Self.pem(Self.ecKey)))
        #expect(signature.count == 64)
    }

    @Test("signs nothing with a key of another kind", arguments: [SignatureAlgorithm.rs256, .es256])
    func otherKey(algorithm: SignatureAlgorithm) {
        let pem = Self.pem(algorithm == .rs256 ? Self.ecKey : Self.rsaKey)
        #expect(throws: MintError.self) { try LibCrypto().sign([1], with: algorithm, pem: Secret(pem)) }
        #expect(throws: MintError.self) { try LibCrypto().sign([1], with: algorithm, pem: Secret("no key")) }
    }

    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    private static func pem(_ key: String) -> String {
        let label = "PRIVATE KEY"
        return "-----BEGIN \(label)-----\n\(key)\n-----END \(label)-----\n"
    }

    private static let rsaKey = """
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO
        jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL
        aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn
        juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5
        ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf
        toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg
        VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW
        PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G
        O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj
        kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6
        XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB
        4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K
        pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr
        0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE
        lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6
        kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP
        rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw
        kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp
        5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2
        9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/
        evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG
        yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj
        OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2
        tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3
        ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56
        03k2+ZQwVK0JKSHuLFkuQ3U=
        """

    private static let ecKey = """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
        H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
        7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
        """
}
