private import CLibcrypto
package import HFMintCore

/// ``Digests`` by libcrypto, which is opened at first use.
package struct LibCrypto: Digests {
    package init() {}

    package func sha256(_ secret: borrowing Secret) throws(MintError) -> [UInt8] {
        guard let table = Self.library.table else {
            throw MintError(
                .libraryMissing, "\(Self.library.missing) is not installed",
                hint: "install it: apt-get install libssl3")
        }
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = secret.reveal { span in
            unsafe span.withUnsafeBytes { bytes in
                // An empty span has no address, and libcrypto wants one.
                guard let start = bytes.baseAddress else { return false }
                var table = table
                return unsafe hfmint_libcrypto_sha256(&table, start, bytes.count, &digest) == 1
            }
        }
        guard isDone else { throw MintError(.libraryMissing, "libcrypto.so.3 could not compute SHA-256") }
        return digest
    }

    /// The functions, or the name of what is missing.
    private struct Library: @unchecked Sendable {
        var table: hfmint_libcrypto?
        var missing = ""

        init() {
            var table = hfmint_libcrypto()
            if let missing = unsafe hfmint_libcrypto_load(&table) {
                self.missing = unsafe String(cString: missing)
            } else {
                self.table = table
            }
        }
    }

    private static let library = Library()
}
