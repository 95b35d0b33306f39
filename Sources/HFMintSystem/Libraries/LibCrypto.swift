private import CLibcrypto
package import HFMintCore

/// The ``Digests`` and ``Signatures`` of libcrypto, which is opened at first use.
package struct LibCrypto: Digests, Signatures {
    package init() {}

    package func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8] {
        let table = try Self.table()
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = secret.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                // An empty span has no address, which libcrypto needs.
                guard let start = bytes.baseAddress else { return false }
                var table = table
                return unsafe hfmint_libcrypto_sha256(&table, start, bytes.count, &digest) == 1
            }
        }
        guard isDone else { throw MintError(.libraryMissing, "libcrypto.so.3 could not compute SHA-256") }
        return digest
    }

    package func hmacSHA256(_ message: [UInt8], key: borrowing Secret) throws(MintError) -> [UInt8] {
        var table = try Self.table()
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
        var table = try Self.table()
        let kind = algorithm == .rs256 ? EVP_PKEY_RSA : EVP_PKEY_EC
        var signature = [UInt8](repeating: 0, count: 1_024)
        let count = pem.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return 0 }
                return unsafe hfmint_libcrypto_sign(
                    &table, start, CInt(bytes.count), kind, message, message.count, &signature, signature.count)
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
        var table = try Self.table()
        let answer: CInt
        switch key {
        case .rsa(let modulus, let exponent):
            answer = unsafe hfmint_libcrypto_verify(
                &table, modulus, modulus.count, exponent, exponent.count, signature, signature.count, message,
                message.count)
        case .p256(let x, let y):
            let point = [0x04] + x + y
            answer = unsafe hfmint_libcrypto_verify(
                &table, point, point.count, nil, 0, signature, signature.count, message, message.count)
        }
        return answer < 0 ? nil : answer == 1
    }

    private static func table() throws(MintError) -> hfmint_libcrypto {
        guard let table = library.table else {
            throw MintError(
                .libraryMissing, library.missing, hint: "install it: apt-get install libssl3")
        }
        return table
    }

    /// The functions, or why they are missing.
    private struct Library: @unchecked Sendable {
        var table: hfmint_libcrypto?
        var missing = ""

        init() {
            var table = hfmint_libcrypto()
            if let missing = unsafe hfmint_libcrypto_load(&table) {
                self.missing = absence(of: "libcrypto.so.3", unsafe String(cString: missing))
            } else {
                self.table = table
            }
        }
    }

    private static let library = Library()
}
