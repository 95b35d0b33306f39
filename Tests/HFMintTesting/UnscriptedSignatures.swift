package import HFMintCore

/// Signatures that nobody may ask for: what signs is tested with libcrypto itself.
package struct UnscriptedSignatures: Signatures {
    package init() {}

    package func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8] {
        unscripted("an HMAC of \(message.count) bytes")
        throw MintError(.libraryMissing, "unscripted signature")
    }

    package func sign(
        _ message: [UInt8], with algorithm: SignatureAlgorithm, pem: borrowing Secret
    ) throws(MintError) -> [UInt8] {
        unscripted("a signature with \(algorithm.rawValue)")
        throw MintError(.libraryMissing, "unscripted signature")
    }

    package func isSignature(
        _ signature: [UInt8], of message: [UInt8], by key: PublicKey
    ) throws(MintError) -> Bool? {
        unscripted("whether something is a signature")
        throw MintError(.libraryMissing, "unscripted signature")
    }
}
