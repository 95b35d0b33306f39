package import HFMintCore

/// Boxes that need no library and seal nothing: the bytes turned around, after the first byte of the key.
package struct TestSealedBoxes: SealedBoxes {
    private let failure: MintError?

    package init(failing failure: MintError? = nil) {
        self.failure = failure
    }

    package func seal(_ secret: borrowing Secret, to publicKey: [UInt8]) throws(MintError) -> [UInt8] {
        if let failure { throw failure }
        return publicKey.prefix(1) + secret.revealedBytes().reversed()
    }
}
