/// What libcrypto signs and verifies for hfmint.
package protocol Signatures: Sendable {
    /// HMAC-SHA256 (RFC 2104).
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8]

    /// A JOSE signature (RFC 7518, 3.3 and 3.4) with the private key in `pem`.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` where the text is no such key.
    func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm, pem: borrowing Secret) throws(MintError)
        -> [UInt8]

    /// Whether `signature` is a JOSE signature (RFC 7518, 3.3 and 3.4) of `message`, by the private half of `key`.
    ///
    /// - Returns: `nil` where `key` is none: a point that is not on the curve, a modulus that is none.
    func isSignature(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) throws(MintError) -> Bool?
}

/// The public half of a key pair, as its numbers, without a sign and with the highest byte first.
package enum PublicKey: Equatable, Sendable {
    /// For RS256.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point on P-256, for ES256; 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])
}

package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
}
