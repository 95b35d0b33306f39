/// What libcrypto signs for hfmint.
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
}

package enum SignatureAlgorithm: String, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
}
