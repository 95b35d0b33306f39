private import CCurl
internal import HFMintCore

/// A proxy, and the variable that names it.
struct NamedProxy {
    let variable: String
    let address: ProxyAddress

    /// How messages name the proxy: without user name and password.
    var words: String { "the proxy \(address.description) that \(variable) names" }
}

extension TransportError {
    /// Says in hfmint's words why libcurl gave up on `request`.
    init(_ error: CurlError, of handle: EasyHandle, for request: HTTPRequest, through proxy: NamedProxy?) {
        let proxyStatus = handle.number(CURLINFO_HTTP_CONNECTCODE)
        if proxyStatus >= 400 {
            let kind: Kind = proxyStatus < 500 ? .proxyRefused : .proxy
            self.init(kind, "the proxy refused the connection (\(proxyStatus))")
            return
        }
        if handle.hasRefusedPeer, error.code == CURLE_COULDNT_CONNECT {
            self.init(.policy, "its address is this machine's or a private one, and allowPrivate is not set")
            return
        }
        // Until the proxy has answered, every TLS handshake is with the proxy.
        if let proxy, proxy.address.scheme == .https, proxyStatus == 0,
            let failure = TransportError.handshake(error, of: handle, with: proxy)
        {
            self = failure
            return
        }
        self.init(error.code, handle, request, proxy)
    }

    /// Says why libcurl gave up, by its error code.
    private init(_ code: CURLcode, _ handle: EasyHandle, _ request: HTTPRequest, _ proxy: NamedProxy?) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self.init(.resolve, "its name could not be resolved")
        case CURLE_COULDNT_RESOLVE_PROXY: self.init(.proxy, "the proxy's name could not be resolved")
        case HFMINT_CURLE_PROXY: self.init(.proxy, "the proxy did not pass the request on")
        case CURLE_COULDNT_CONNECT:
            if case .proxy = request.route {
                self.init(.proxy, "the proxy could not be reached")
            } else {
                self.init(.connect, "the connection was refused, or there is no way there")
            }
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, "no complete answer within \(inSeconds(request.limits.totalMilliseconds))")
        case CURLE_SSL_CONNECT_ERROR:
            let failure = TransportError.handshake(handle)
            // Behind a TLS proxy libcurl loses OpenSSL's description, so a refused certificate looks like this too.
            let isHidden = proxy?.address.scheme == .https && failure.kind == .tls
            let why = "\(failure.reason) behind the proxy: perhaps its certificate's authority is not trusted here"
            self = isHidden ? TransportError(.tls, why) : failure
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            self.init(.untrusted, certificateReason(handle.number(CURLINFO_SSL_VERIFYRESULT), handle.build))
        case CURLE_SSL_CACERT_BADFILE: self.init(.untrusted, "the certificate file or directory cannot be read")
        case CURLE_WRITE_ERROR where handle.bodyIsTooLarge, CURLE_FILESIZE_EXCEEDED:
            self.init(.tooLarge, "the answer is too large")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            self.init(.interrupted, "the connection ended before the answer did")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            self.init(.interrupted, "what answered does not speak HTTP")
        case CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN, CURLE_FAILED_INIT:
            self.init(.library, "\(handle.build.description) is made without what this request needs")
        default: self.init(.interrupted, "the transfer failed (libcurl error \(code.rawValue))")
        }
    }
}

extension TransportError {
    /// Returns why the TLS handshake with the proxy failed, or nil if that was not the error.
    private static func handshake(
        _ error: CurlError, of handle: EasyHandle, with proxy: NamedProxy
    ) -> TransportError? {
        switch error.code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            let reason = certificateReason(handle.number(CURLINFO_PROXY_SSL_VERIFYRESULT), handle.build)
            return TransportError(.proxyUntrusted, "\(proxy.words) is not trusted: \(reason)")
        case CURLE_SSL_CONNECT_ERROR:
            let failure = handshake(handle)
            let kind: Kind = failure.kind == .tls ? .proxy : .proxyUntrusted
            return TransportError(kind, "\(proxy.words) cannot be used: \(failure.reason)")
        default: return nil
        }
    }

    /// Returns why a TLS handshake failed, by the description of OpenSSL or GnuTLS.
    ///
    /// Other failures, such as a cut connection, may pass.
    private static func handshake(_ handle: EasyHandle) -> TransportError {
        let noCommon = [
            "protocol version", "unsupported protocol", "no protocols available", "handshake failure",
            "no shared cipher", "insufficient security",
            // GnuTLS's.
            "unsupported version", "Handshake failed", "Insufficient security",
        ]
        if noCommon.contains(where: handle.errorMentions) {
            return TransportError(.tlsVersion, "no common TLS version or cipher (TLS 1.2 is the least)")
        }
        if ["wrong version number", "unexpected TLS packet"].contains(where: handle.errorMentions) {
            return TransportError(.tlsVersion, "what answers there does not speak TLS")
        }
        return TransportError(.tls, "the TLS handshake failed")
    }
}

private func certificateReason(_ verifyResult: Int, _ build: CurlBuild) -> String {
    build.tls == .gnuTLS ? reasonOfGnuTLS(verifyResult) : reasonOfOpenSSL(verifyResult)
}

private let anotherHost = "its certificate is for another host"
private let unknownAuthority = "its certificate is signed by an authority that is not trusted here"

/// Returns why OpenSSL refused a certificate.
///
/// <https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/>
private func reasonOfOpenSSL(_ verifyResult: Int) -> String {
    switch verifyResult {
    case 9: "its certificate is not valid yet"
    case 10: "its certificate has expired"
    case 18, 19: "its certificate is self-signed"
    case 20, 21, 2: unknownAuthority
    // libcurl compares the names itself, and then leaves OpenSSL's result at its initial value.
    case 0, 1, 62: anotherHost
    default: "its certificate was refused (OpenSSL's verify error \(verifyResult))"
    }
}

/// Returns why GnuTLS refused a certificate, by its flags; it does not tell a self-signed one apart.
///
/// <https://www.gnutls.org/manual/html_node/Verifying-X_002e509-certificate-paths.html>
private func reasonOfGnuTLS(_ flags: Int) -> String {
    // libcurl compares the names itself.
    if flags == 0 { return anotherHost }
    if flags > 0, flags & 1 << 9 != 0 { return "its certificate is not valid yet" }
    if flags > 0, flags & 1 << 10 != 0 { return "its certificate has expired" }
    if flags > 0, flags & (1 << 6 | 1 << 7) != 0 { return unknownAuthority }
    return "its certificate was refused (GnuTLS's status \(flags))"
}

extension CurlError {
    /// Whether libcurl may report this without a connection, as it does the last two if the kernel refuses a wait.
    var mayBeUnconnected: Bool {
        [
            CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
            CURLE_BAD_FUNCTION_ARGUMENT, HFMINT_CURLE_UNRECOVERABLE_POLL,
        ].contains(code)
    }
}
