private import CLibcrypto
package import HFMintCore

/// The ``Digests`` and ``Signatures`` of libcrypto, which is opened at first use.
package struct LibCrypto: Digests, Signatures {
    /// OpenSSL 3, else 1.1.1.
    private static let opened = OpenedLibrary<hfmint_libcrypto>(
        .crypto, ["libcrypto.so.3", "libcrypto.so.1.1"]
    ) { file throws(LibraryRefusal) in
        var table = hfmint_libcrypto()
        try unsafe LibraryRefusal.check(hfmint_libcrypto_load(&table, file), of: file)
        return table
    }

    package init() {}

    package var version: String? {
        guard var table = try? Self.opened.get(), let text = unsafe hfmint_libcrypto_version(&table) else { return nil }
        // OpenSSL 3.0.15 3 Sep 2024
        let words = unsafe String(cString: text).split(separator: " ")
        return "libcrypto \(words.dropFirst().first ?? "")"
    }

    package func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8] {
        let table = try Self.opened.get()
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = secret.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                // An empty span has no address, which libcrypto needs.
                guard let start = bytes.baseAddress else { return false }
                var table = table
                return unsafe hfmint_libcrypto_sha256(&table, start, bytes.count, &digest) == 1
            }
        }
        guard isDone else { throw MintError(.libraryMissing, "libcrypto could not compute SHA-256") }
        return digest
    }

    package func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8] {
        var table = try Self.opened.get()
        var code = [UInt8](repeating: 0, count: 32)
        let isDone = key.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return false }
                return unsafe hfmint_libcrypto_hmac(
                    &table, start, CInt(bytes.count), message, message.count, &code) == 1
            }
        }
        guard isDone else { throw MintError(.stateUnusable, "the key for an HMAC is empty") }
        return code
    }

    package func sign(
        _ message: [UInt8], with algorithm: SignatureAlgorithm, pem: borrowing Secret
    ) throws(MintError) -> [UInt8] {
        var table = try Self.opened.get()
        let identifier = algorithm.keyIdentifier
        var signature = [UInt8](repeating: 0, count: 2_048)
        let count = pem.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return 0 }
                return unsafe hfmint_libcrypto_sign(
                    &table, start, CInt(bytes.count), identifier, identifier.count, algorithm == .es256 ? 1 : 0,
                    message, message.count, &signature, signature.count)
            }
        }
        guard count > 0 else {
            throw MintError(.stateUnusable, "the signing key is no PEM private key for \(algorithm.rawValue)")
        }
        return Array(signature[..<count])
    }

    package func isSignature(
        _ signature: [UInt8], of message: [UInt8], by key: PublicKey
    ) throws(MintError) -> Bool? {
        var table = try Self.opened.get()
        guard let info = key.subjectPublicKeyInfo else { return nil }
        let converted = key.signatureForLibcrypto(signature) ?? []
        let answer = unsafe hfmint_libcrypto_verify(
            &table, info, info.count, converted, converted.count, message, message.count)
        return answer < 0 ? nil : answer == 1
    }
}
