/// What libcrypto computes for hfmint.
package protocol Digests: Sendable {
    /// SHA-256 of the bytes of `secret`: the one form in which a log may name a Hub token.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8]
}

extension Digests {
    /// SHA-256 of bytes that are no secret.
    package func sha256(_ bytes: Span<UInt8>) throws(MintError) -> [UInt8] {
        try sha256(Secret(copying: bytes))
    }
}
