/// The encryption that libsodium does.
package protocol SealedBoxes: Sendable {
    /// Encrypts `secret` for the holder of one private key, with a fresh key pair, X25519, XSalsa20 and Poly1305.
    ///
    /// <https://doc.libsodium.org/public-key_cryptography/sealed_boxes>
    ///
    /// - Parameter publicKey: 32 bytes.
    /// - Throws: ``MintError/Code/libraryMissing``; ``MintError/Code/answerInvalid`` if `publicKey` is no public key.
    func seal(_ secret: borrowing Secret, to publicKey: [UInt8]) throws(MintError) -> [UInt8]
}
