/// What libcrypto computes for hfmint.
package protocol Digests: Sendable {
    /// SHA-256 of the bytes of `secret`: the one form in which a log may name a Hub token.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8]
}
