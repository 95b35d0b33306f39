extension MintError {
    /// Returns the error for a request to `host` that got no answer.
    ///
    /// - Parameter code: the code of an error that has none of its own, such as an unreachable host.
    static func transport(_ error: TransportError, to host: String, doing code: Code) -> MintError {
        switch error.kind {
        case .library:
            MintError(.libraryMissing, error.reason, hint: error.hint)
        case .forbidden:
            MintError(
                .networkForbidden, "cannot reach \(host): \(error.reason)",
                hint: "let this step use the network: see the container's seccomp profile, the unit's"
                    + " SystemCallFilter and RestrictAddressFamilies, or what else the sandbox is told")
        case .untrusted:
            MintError(
                .serverUntrusted, "\(host) is not trusted: \(error.reason)",
                hint: "behind a proxy that inspects TLS, point SSL_CERT_FILE at its certificate")
        case .tlsVersion:
            MintError(
                .serverUntrusted, "\(host) cannot be trusted: \(error.reason)",
                hint: "check what stands between here and \(host): it does not speak TLS 1.2 or newer")
        case .proxyUnusable:
            MintError(
                .usage, error.reason,
                hint: "write it as http://host:port or http://user:password@host:port, and in the password %40 for @,"
                    + " %2F for /, %23 for #, %3F for ?, %25 for %, %20 for a blank, %22 for a quotation mark")
        case .proxyUntrusted:
            MintError(
                .serverUntrusted, "cannot reach \(host): \(error.reason)",
                hint: "SSL_CERT_FILE counts for the proxy too: add the certificate of its authority to that file; if it"
                    + " speaks plain http, write http:// in the variable")
        case .encoded:
            MintError(
                .answerInvalid, "\(host): \(error.reason)",
                hint: "check what stands between here and \(host): it must honour `Accept-Encoding: identity`")
        case .proxyRefused:
            MintError(
                .proxyRefused, "cannot reach \(host): \(error.reason)",
                hint: "check HTTPS_PROXY, or exempt the host with NO_PROXY=\(host)")
        case .tooLarge:
            MintError(
                .answerInvalid, "\(host) sent too large an answer",
                hint: "check that \(host) is the right address, and not a proxy's page")
        case .policy: MintError(.endpointRefused, "\(host): \(error.reason)")
        case .resolve, .connect, .proxy, .tls, .timeout, .interrupted:
            MintError(
                code, "cannot reach \(host): \(error.reason)", hint: "this is safe to try again",
                isTransient: error.isTransient)
        }
    }
}
