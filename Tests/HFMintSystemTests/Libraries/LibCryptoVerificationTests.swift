import HFMintCore
import HFMintSystem
import Testing

@Suite("libcrypto's verification")
struct LibCryptoVerificationTests {
    private func bytes(_ text: String) throws -> [UInt8] {
        let bytes = Array(text.utf8)
        let decoded = Base64URL.decode(bytes.span)
        return try #require(decoded)
    }

    private static let claims = """
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
        """

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2
    @Test("takes the RS256 signature of the standard's example, and no other")
    func rs256() throws {
        let key = PublicKey.rsa(modulus: try bytes(Forge.modulus), exponent: [1, 0, 1])
        let message = Array("eyJhbGciOiJSUzI1NiJ9.\(Self.claims)".utf8)
        let signature = try bytes(
            """
            cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU\
            Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d\
            O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
            cN_IoypGlUPQGe77Rw
            """)
        #expect(try LibCrypto().isSignature(signature, of: message, by: key) == true)
        #expect(try LibCrypto().isSignature(signature, of: message + [0], by: key) == false)
        #expect(try LibCrypto().isSignature([], of: message, by: key) == false)
    }

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3
    @Test("takes the ES256 signature of the standard's example, and no other")
    func es256() throws {
        let key = PublicKey.p256(x: try bytes(Forge.point.x), y: try bytes(Forge.point.y))
        let message = Array("eyJhbGciOiJFUzI1NiJ9.\(Self.claims)".utf8)
        let signature = try bytes(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
        #expect(try LibCrypto().isSignature(signature, of: message, by: key) == true)
        #expect(try LibCrypto().isSignature(signature.reversed(), of: message, by: key) == false)
        #expect(try LibCrypto().isSignature([], of: message, by: key) == false)
        let offCurve = PublicKey.p256(x: try bytes(Forge.point.x), y: try bytes(Forge.point.x))
        #expect(try LibCrypto().isSignature(signature, of: message, by: offCurve) == nil)
    }

    @Test("takes no key that cannot be one, whichever libcrypto is there")
    func impossible() throws {
        let (modulus, signature) = (try bytes(Forge.modulus), [UInt8](repeating: 1, count: 256))
        let even = modulus.dropLast() + [modulus[modulus.count - 1] & 0xFE]
        for (modulus, exponent) in [
            (modulus, []), (modulus, [0]), (modulus, [0, 1]), (modulus, [2]), (Array(even), [1, 0, 1]), ([], [3]),
        ] as [([UInt8], [UInt8])] {
            let key = PublicKey.rsa(modulus: modulus, exponent: exponent)
            #expect(try LibCrypto().isSignature(signature, of: [], by: key) == nil)
        }
        for (x, y) in [([], []), ([4], [4]), ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))] {
            #expect(try LibCrypto().isSignature(signature, of: [], by: .p256(x: x, y: y)) == nil)
        }
    }

    @Test("takes what it has signed, and signs with a key of that kind alone", arguments: SignatureAlgorithm.allCases)
    func own(algorithm: SignatureAlgorithm) throws {
        let key =
            switch algorithm {
            case .rs256: PublicKey.rsa(modulus: try bytes(Forge.modulus), exponent: [1, 0, 1])
            case .es256: PublicKey.p256(x: try bytes(Forge.point.x), y: try bytes(Forge.point.y))
            }
        // Among so many, some have numbers that begin with a zero byte, or with a bit that is set.
        for index in 0..<UInt8(algorithm == .es256 ? 255 : 1) {
            let signature = try LibCrypto().sign([index], with: algorithm, pem: Forge.pem(algorithm))
            #expect(try LibCrypto().isSignature(signature, of: [index], by: key) == true)
            #expect(try LibCrypto().isSignature(signature, of: [index, 0], by: key) == false)
        }
        let other = SignatureAlgorithm.allCases.first { $0 != algorithm } ?? algorithm
        #expect(throws: MintError.self) { try LibCrypto().sign([], with: algorithm, pem: Forge.pem(other)) }
    }
}
