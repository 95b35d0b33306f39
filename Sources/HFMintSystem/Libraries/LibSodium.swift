private import CLibsodium
package import HFMintCore

/// The ``SealedBoxes`` of libsodium, which is opened at first use.
package struct LibSodium: SealedBoxes {
    private static let opened = OpenedLibrary<hfmint_sodium>(
        .sodium, ["libsodium.so.23"]
    ) { file throws(LibraryRefusal) in
        var table = hfmint_sodium()
        try unsafe LibraryRefusal.check(hfmint_sodium_load(&table, file), of: file)
        guard unsafe hfmint_sodium_init(&table) >= 0 else { throw LibraryRefusal("this is not a working \(file)") }
        return table
    }

    package init() {}

    package func seal(_ secret: borrowing Secret, to publicKey: [UInt8]) throws(MintError) -> [UInt8] {
        var table = try Self.opened.get()
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
}
