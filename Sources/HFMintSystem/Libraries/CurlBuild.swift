package import HFMintCore

/// What a libcurl says of itself, and what it can be used for.
///
/// hfmint needs libcurl 7.68. Everything newer that it uses is here or in `CCurl`, by number:
///
/// | since | what | before |
/// | --- | --- | --- |
/// | 7.73 | `CURLE_PROXY` | another error of the connection |
/// | 7.75 | `CURLOPT_AWS_SIGV4`, as AWS wants it from 7.85 on | ``refusal(signsForAWS:proxySpeaksTLS:trust:)`` |
/// | 7.84 | `CURLE_UNRECOVERABLE_POLL` | another error of the connection |
/// | 7.85 | `CURLOPT_PROTOCOLS_STR` | `CURLOPT_PROTOCOLS` |
///
/// <https://curl.se/libcurl/c/symbols-in-versions.html>
package struct CurlBuild: Equatable, Sendable {
    /// The library that does TLS.
    package enum TLS: Sendable {
        /// OpenSSL, or a fork of it, which libcurl speaks to by the same code.
        case openSSL
        case gnuTLS

        fileprivate init?(_ name: String) {
            switch name.utf8.prefix(while: { $0 != ASCII.slash }).map(\.asciiLowercased) {
            case Array("openssl".utf8), Array("libressl".utf8), Array("boringssl".utf8), Array("aws-lc".utf8),
                Array("quictls".utf8):
                self = .openSSL
            case Array("gnutls".utf8): self = .gnuTLS
            default: return nil
            }
        }
    }

    /// Such as `libcurl.so.4`.
    package let file: String
    /// Such as `7.88.1`.
    package let version: String
    /// The version as 0xXXYYZZ.
    package let number: UInt32
    /// Such as `OpenSSL/3.0.15`, or empty.
    package let tlsName: String
    /// Nil if hfmint does not use it.
    package let tls: TLS?
    private let hasTLSProxies: Bool

    /// - Parameter tls: where several are built in, those in parentheses are not used, as in
    ///   `(GnuTLS/3.7.9) OpenSSL/3.0.15`.
    package init(file: String, version: String, number: UInt32, tls: String, hasTLSProxies: Bool) {
        self.file = file
        self.version = version
        self.number = number
        tlsName = tls.split(separator: " ").first { !$0.utf8.starts(with: "(".utf8) }.map { String($0) } ?? ""
        self.tls = TLS(tlsName)
        self.hasTLSProxies = hasTLSProxies
    }

    /// Such as `libcurl 7.88.1 (OpenSSL/3.0.15)`, or `libcurl-gnutls 7.88.1 (GnuTLS/3.7.9)`.
    package var description: String {
        let name = file.utf8.prefix { $0 != ASCII.dot }
        return "\(String(decoding: name, as: UTF8.self)) \(version)\(tlsName.isEmpty ? "" : " (\(tlsName))")"
    }

    /// Why no request is made with it, or nil.
    package var refusal: String? {
        let found = "the \(file) that is found here"
        if number < 0x07_44_00 { return "\(found) is \(version), and 7.68 is the least" }
        if tls != nil { return nil }
        if tlsName.isEmpty { return "\(found) is made without TLS" }
        // It shares one store of certificates among all connections of a process.
        if tlsName.utf8.starts(with: "NSS/".utf8) {
            return "\(found) is made with \(tlsName), which trusts an authority that is named for one server with every"
                + " server: one that is made with OpenSSL or GnuTLS is needed"
        }
        return "\(found) is made with \(tlsName): one that is made with OpenSSL or GnuTLS is needed"
    }

    /// Returns why this request cannot be made with it, or nil.
    package func refusal(signsForAWS: Bool, proxySpeaksTLS: Bool, trust: [TrustAnchors]) -> String? {
        let found = "the \(file) that is found here, \(version),"
        if signsForAWS, number < 0x07_55_00 { return "\(found) cannot sign for AWS: 7.85 is the least" }
        // With GnuTLS, libcurl before 7.87 speaks no TLS within TLS, and 7.88 now and then waits there for ever.
        if proxySpeaksTLS, !hasTLSProxies || tls == .gnuTLS {
            return "\(found) cannot reach a proxy over TLS\(tls == .gnuTLS ? ": that needs OpenSSL" : "")"
        }
        if tls == .gnuTLS, trust.contains(where: \.listsDirectories) {
            return "\(found) takes one directory of certificates, and SSL_CERT_DIR names several: that needs OpenSSL"
        }
        return nil
    }
}

extension TrustAnchors {
    /// Whether the directory is a list, which OpenSSL takes.
    ///
    /// <https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/>
    fileprivate var listsDirectories: Bool {
        guard case .files(_, let directory?) = self else { return false }
        return directory.utf8.contains(ASCII.colon)
    }
}
