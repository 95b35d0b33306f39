import HFMintCore
import HFMintSystem
import HFMintTesting

/// Makes ID tokens as an issuer would, and as nobody should, with the key pairs of RFC 7515's examples.
struct Forge {
    static let issuer = "https://issuer.example"
    static let audience = "https://huggingface.co"
    static let now = FrozenClock.usualNow.secondsSince1970

    static let claims = #"""
        {"iss":"https://issuer.example","aud":"https://huggingface.co","sub":"job","iat":\#(now - 10),"exp":\#(now + 290)}
        """#

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2
    static let modulus = """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ\
        S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
        R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
        TW9gb54h4FRWyuXpoQ
        """
    /// 1,024 bits.
    static let smallModulus = """
        uuHIzXzeaRUD7jv1MDWyNEvWfMrTYQxZr0cKwL3kV-ZoUosqTBBeT0Cew5K-kEr1uKxgmCiZHmTiswHIa8MbqihtwVfHBOY3lwK5XgaAkxmE\
        gVlC26aCjfx4S-ofoFDfWCqwrlKjQgFrRbxvADD6PHFl3WjqcEjVAcupNbLvqa0
        """
    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3
    static let point = (
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    )

    static let rsaKey = key(#""kty":"RSA","kid":"r","n":"\#(modulus)","e":"AQAB""#)
    static let ecKey = key(#""kty":"EC","kid":"e","crv":"P-256","x":"\#(point.x)","y":"\#(point.y)""#)

    static func key(_ members: String) -> String { "{\(members)}" }

    static func set(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

    /// The private halves, from the same appendices.
    static func pem(_ algorithm: SignatureAlgorithm) -> Secret {
        let body =
            switch algorithm {
            case .rs256: rsaPrivate
            case .es256: ecPrivate
            }
        return Secret("-----BEGIN \(kind)-----\n\(body)\n-----END \(kind)-----\n")
    }

    private static let kind = "PRIVATE KEY"

    static func signed(
        _ algorithm: SignatureAlgorithm, header: String? = nil, claims: String = claims
    ) throws -> String {
        let name = algorithm == .rs256 ? "r" : "e"
        let header = header ?? #"{"alg":"\#(algorithm.rawValue)","kid":"\#(name)","typ":"JWT"}"#
        let message = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
        let signature = try LibCrypto().sign(Array(message.utf8), with: algorithm, pem: pem(algorithm))
        return "\(message).\(base64URL(signature))"
    }

    private static let ecPrivate = """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
        H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
        7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
        """

    private static let rsaPrivate = """
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
}
