import HFMintCore
import HFMintTesting

/// HMACs that need no library, and are none: the fingerprint of key and message, twice.
struct FingerprintMACs: Signatures {
    func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8] {
        try TestDigests().sha256(Secret(copying: key.revealedBytes() + message))
    }

    func sign(
        _ message: [UInt8], with algorithm: SignatureAlgorithm, pem: borrowing Secret
    ) throws(MintError) -> [UInt8] {
        try UnscriptedSignatures().sign(message, with: algorithm, pem: pem)
    }

    func isSignature(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) throws(MintError) -> Bool? {
        try UnscriptedSignatures().isSignature(signature, of: message, by: key)
    }
}
