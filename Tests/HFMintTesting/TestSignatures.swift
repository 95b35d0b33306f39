package import HFMintCore

/// Signatures that need no library, and that anybody can make.
///
/// A code is the fingerprint of key and message. A signature with any key is ``signature(of:)``.
package struct TestSignatures: Signatures {
    private let failure: MintError?

    package init(failing failure: MintError? = nil) {
        self.failure = failure
    }

    package static func signature(of message: [UInt8]) -> [UInt8] { Array(fingerprint([message]).utf8) }

    package func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8] {
        if let failure { throw failure }
        // 32 hexadecimal digits are 32 bytes.
        return Array(fingerprint([key.revealedBytes(), message]).utf8)
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
        if let failure { throw failure }
        return signature == Self.signature(of: message)
    }
}
