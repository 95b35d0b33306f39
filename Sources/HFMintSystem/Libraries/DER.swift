internal import HFMintCore

/// Writes elements of ASN.1 by the Distinguished Encoding Rules.
///
/// <https://www.itu.int/rec/T-REC-X.690>
enum DER {
    static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(0x30, elements.flatMap { $0 }) }

    /// Returns an INTEGER of an unsigned number with the highest byte first.
    static func integer(_ number: some Collection<UInt8>) -> [UInt8] {
        let digits = number.drop { $0 == 0 }
        // Without a zero before it, a number whose highest bit is set would be negative.
        return element(0x02, digits.first.map { $0 < 0x80 } == true ? Array(digits) : [0] + digits)
    }

    /// Returns a BIT STRING of whole bytes.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    /// - Parameter content: fewer than 64 KiB.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let (high, low) = (UInt8(truncatingIfNeeded: content.count >> 8), UInt8(truncatingIfNeeded: content.count))
        let length = content.count < 0x80 ? [low] : high == 0 ? [0x81, low] : [0x82, high, low]
        return [tag] + length + content
    }
}

extension SignatureAlgorithm {
    /// The AlgorithmIdentifier of its keys: rsaEncryption (RFC 3279, 2.3.1), or a key on P-256 (RFC 5480, 2.1.1).
    var keyIdentifier: [UInt8] {
        switch self {
        case .rs256: [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00]
        case .es256:
            [
                0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
            ]
        }
    }
}

extension PublicKey {
    /// The key as a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), or nil if no key has such numbers.
    var subjectPublicKeyInfo: [UInt8]? {
        switch self {
        case .rsa(let modulus, let exponent):
            // OpenSSL 1.1.1 checks no RSA key. A modulus and an exponent are odd, and 1 signs nothing.
            guard let last = modulus.last, last & 1 == 1, let unit = exponent.last, unit & 1 == 1,
                !exponent.drop(while: { $0 == 0 }).elementsEqual([1]), modulus.count + exponent.count < 32 << 10
            else { return nil }
            let numbers = DER.sequence(DER.integer(modulus), DER.integer(exponent))
            return DER.sequence(SignatureAlgorithm.rs256.keyIdentifier, DER.bitString(numbers))
        case .p256(let x, let y):
            guard x.count == 32, y.count == 32 else { return nil }
            return DER.sequence(SignatureAlgorithm.es256.keyIdentifier, DER.bitString([0x04] + x + y))
        }
    }

    /// Returns a JOSE signature in the form that libcrypto takes, or nil if it is none.
    ///
    /// For ES256 that is an ECDSA-Sig-Value (RFC 3279, 2.2.3) of two numbers of 32 bytes each (RFC 7518, 3.4).
    func signatureForLibcrypto(_ signature: [UInt8]) -> [UInt8]? {
        switch self {
        case .rsa: return signature
        case .p256:
            guard signature.count == 64 else { return nil }
            return DER.sequence(DER.integer(signature[..<32]), DER.integer(signature[32...]))
        }
    }
}
