private import CLibsodium
package import HFMintCore

/// The ``SealedBoxes`` of libsodium, which is opened at first use.
package struct LibSodium: SealedBoxes {
    package init() {}

    package func seal(_ secret: borrowing Secret, to publicKey: [UInt8]) throws(MintError) -> [UInt8] {
        guard var table = Self.library.table else {
            throw MintError(
                .libraryMissing, Self.library.missing,
                hint: "install it: apt-get install libsodium23")
        }
        guard publicKey.count == HFMINT_SODIUM_PUBLIC_KEY_BYTES else {
            throw MintError(.answerInvalid, "the public key is not of 32 bytes")
        }
        var box = [UInt8](repeating: 0, count: secret.byteCount + Int(HFMINT_SODIUM_SEAL_BYTES))
        // A NUL is appended so that an empty secret has an address too.
        let isSealed = secret.enclosed(by: "", and: "\0").reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return false }
                return unsafe hfmint_sodium_seal(&table, start, bytes.count - 1, publicKey, &box) == 0
            }
        }
        guard isSealed else { throw MintError(.answerInvalid, "libsodium takes no such public key") }
        return box
    }

    /// The functions, or why they are missing.
    private struct Library: @unchecked Sendable {
        var table: hfmint_sodium?
        var missing = ""

        init() {
            var table = hfmint_sodium()
            if let missing = unsafe hfmint_sodium_load(&table) {
                self.missing = absence(of: "libsodium.so.23", unsafe String(cString: missing))
            } else {
                self.table = table
            }
        }
    }

    private static let library = Library()
}
