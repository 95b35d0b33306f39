package import HFMintCore

/// Digests that need no library, and are no SHA-256: the fingerprint of the bytes, twice.
package struct TestDigests: Digests {
    private let failure: MintError?

    package init(failing failure: MintError? = nil) {
        self.failure = failure
    }

    package var version: String? { failure == nil ? "libcrypto 3.0.0" : nil }

    package func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8] {
        if let failure { throw failure }
        let half = Array(fingerprint([secret.revealedBytes()]).utf8)
        return stride(from: 0, to: half.count, by: 2).map { index in
            (half[index].hexDigitValue ?? 0) << 4 | (half[index + 1].hexDigitValue ?? 0)
        }.flatMap { [$0, $0] }
    }
}
