/// The signatures that libcrypto makes and verifies.
package protocol Signatures: Sendable {
    /// Returns the HMAC-SHA256 (RFC 2104) of `message`.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8]

    /// Returns a JOSE signature (RFC 7518, 3.3 and 3.4) of `message` with the private key in `pem`.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if `pem` holds no such key.
    func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm, pem: borrowing Secret) throws(MintError)
        -> [UInt8]

    /// Returns whether `signature` is a JOSE signature (RFC 7518, 3.3 and 3.4) of `message` by the private half of
    /// `key`, or nil if `key` is no valid key.
    func isSignature(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) throws(MintError) -> Bool?
}

extension Signatures {
    /// Returns the id by which a symmetric key is named where it must not be shown: in tickets, logs and deny lists.
    ///
    /// It is the first 16 hexadecimal digits of the HMAC-SHA256 of `hfmint ticket key` under the key.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    package func keyID(of key: borrowing Secret) throws(MintError) -> String {
        try hmacSHA256(Array("hfmint ticket key".utf8), key: key).prefix(8).hexadecimal
    }
}

/// The public half of a key pair, as unsigned numbers with the highest byte first.
package enum PublicKey: Equatable, Sendable {
    /// For RS256.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point on P-256 with coordinates of 32 bytes, for ES256.
    case p256(x: [UInt8], y: [UInt8])
}

package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
}
