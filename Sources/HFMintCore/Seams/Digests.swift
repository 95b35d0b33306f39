/// The digests that libcrypto computes.
package protocol Digests: Sendable {
    /// The library that is used, such as `libcrypto 3.0.15`, or nil if there is none.
    var version: String? { get }

    /// Returns the SHA-256 of `secret`, the one form in which a log may name a Hub token.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8]
}

extension Digests {
    /// Returns the SHA-256 of bytes that are not secret.
    package func sha256(_ bytes: Span<UInt8>) throws(MintError) -> [UInt8] {
        try sha256(Secret(copying: bytes))
    }
}
