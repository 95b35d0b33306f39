private import CCurl
internal import HFMintCore

/// Which of the system's certificates are read.
enum SystemTrust {
    /// Where they usually are, in the form that the TLS library reads fastest.
    ///
    /// OpenSSL reads one file of the hashed directory, in a third of the bundle's time. GnuTLS reads each file of a
    /// directory, in four times the bundle's time.
    case fastest
    /// Those that this libcurl was made to trust.
    case `default`
}

/// One transfer: sets libcurl's options for the request.
struct Transfer {
    private let request: HTTPRequest
    private let environment: Environment
    private let trust: SystemTrust

    /// The directory of hashed certificates in OpenSSL's default layout.
    private static let certificateDirectory = "/etc/ssl/certs"
    /// The bundle that Debian and Alpine make of it.
    private static let certificateBundle = "/etc/ssl/certs/ca-certificates.crt"

    init(_ request: HTTPRequest, environment: Environment, trust: SystemTrust) {
        self.request = request
        self.environment = environment
        self.trust = trust
    }

    /// Returns whether the certificate was refused on the word of the system's certificates.
    func mayTryOtherTrust(after error: TransportError) -> Bool {
        switch error.kind {
        case .untrusted: request.trust == .system
        // See ``TransportError/init(_:of:for:through:)``.
        case .tls: request.trust == .system && proxy?.address.scheme == .https
        case .proxyUntrusted: TrustAnchors(environment) == .system
        default: false
        }
    }

    func perform(
        on handle: EasyHandle, _ credential: borrowing HTTPCredential, _ body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        if let reason = refusal(of: handle.build, credential) { throw TransportError(.library, reason) }
        do throws(CurlError) {
            try handle.reset(bodyLimit: request.limits.bodyByteCount, keepsHead: request.line != nil)
            try setMethod(handle)
            try setPolicy(handle)
            try setRoute(handle)
            try setTrust(handle)
            try setSignature(handle, credential)
            try handle.perform(headers: headerLines(credential, body), body: body)
            return handle.response()
        } catch {
            throw refusal(handle, error) ?? TransportError(error, of: handle, for: request, through: proxy)
        }
    }

    /// Returns why this libcurl cannot make the request, or nil.
    private func refusal(of build: CurlBuild, _ credential: borrowing HTTPCredential) -> String? {
        let proxySpeaksTLS = proxy?.address.scheme == .https
        let anchors = [request.trust] + (proxySpeaksTLS ? [TrustAnchors(environment)] : [])
        return build.refusal(signsForAWS: credential.isAWSSignature, proxySpeaksTLS: proxySpeaksTLS, trust: anchors)
    }

    /// Returns why this process cannot use the network at all, or nil if it can or a connection was made.
    private func refusal(_ handle: EasyHandle, _ error: CurlError) -> TransportError? {
        if case .unixSocket = request.route { return nil }
        guard error.mayBeUnconnected, handle.number(CURLINFO_REQUEST_SIZE) == 0, !handle.hasRefusedPeer else {
            return nil
        }
        // 1080 is libcurl's default port for a proxy.
        let port = proxy.map { $0.address.port ?? 1080 } ?? request.url.origin.port
        // If this transfer did not reach connect(2), libcurl reports the errno of an earlier one.
        let last = error.code == CURLE_COULDNT_CONNECT ? handle.number(CURLINFO_OS_ERRNO) : 0
        guard let refusal = NetworkRefusal.find(after: last, port: port) else { return nil }
        return TransportError(
            .forbidden, "this sandbox does not let hfmint use the network (\(refusal.call): \(refusal.reason))")
    }

    private func setMethod(_ handle: EasyHandle) throws(CurlError) {
        try handle.set(CURLOPT_URL, request.url.description)
        // Slashes and dots are sent as they are: a double slash in a token URL may matter.
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        if let line = request.line { return try setLine(line, handle) }
        switch request.method {
        case .head: try handle.set(CURLOPT_NOBODY, 1)
        case .get: try handle.set(CURLOPT_HTTPGET, 1)
        case .post: try handle.set(CURLOPT_POST, 1)
        // With a body libcurl would send POST by default.
        case .put, .patch, .delete: try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    /// Sends the first line as it is; the URL says only where the connection goes.
    ///
    /// <https://curl.se/libcurl/c/CURLOPT_REQUEST_TARGET.html>
    private func setLine(_ line: RequestLine, _ handle: EasyHandle) throws(CurlError) {
        try handle.set(CURLOPT_REQUEST_TARGET, line.target)
        // An answer to HEAD has no body, and libcurl would wait for one.
        if line.method.utf8.elementsEqual("HEAD".utf8) { try handle.set(CURLOPT_NOBODY, 1) }
        try handle.set(CURLOPT_CUSTOMREQUEST, line.method)
    }

    /// Sets the options that no request changes.
    ///
    /// A libcurl that lacks one of them fails, so nothing is downgraded. Certificates and names are checked by default.
    private func setPolicy(_ handle: EasyHandle) throws(CurlError) {
        try handle.allow(request.url.origin.scheme)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        let isChecked = request.peers == .publicOnly && request.route == .direct
        if isChecked { try handle.refusePrivatePeers() }
        try handle.set(CURLOPT_FRESH_CONNECT, request.actsOnce || isChecked ? 1 : 0)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // GitHub's token endpoint has answered HTTP/2 with HTTP_1_1_REQUIRED.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // A compressed answer is refused without unpacking it, see ``TransportError/Kind/encoded``.
        try handle.set(CURLOPT_ACCEPT_ENCODING, "identity")
        try handle.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        try handle.set(CURLOPT_USERAGENT, "hfmint/\(hfmintVersion)")
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.limits.connectMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, request.limits.totalMilliseconds)
    }

    /// The proxy of this request, and the variable that names it.
    private var proxy: NamedProxy? {
        guard case .proxy(let key) = request.route, let value = environment.secret(key),
            let address = try? ProxyAddress(value.reveal { $0.bytes })
        else { return nil }
        return NamedProxy(variable: key.name, address: address)
    }

    /// Always sets the proxy, so that no variable that libcurl reads by itself decides.
    private func setRoute(_ handle: EasyHandle) throws(CurlError) {
        try handle.set(CURLOPT_NOPROXY, "")
        switch request.route {
        case .direct, .metadataServer: try handle.set(CURLOPT_PROXY, "")
        case .proxy(let key): try setProxy(key, handle)
        case .unixSocket(let path):
            try handle.set(CURLOPT_PROXY, "")
            try handle.set(CURLOPT_UNIX_SOCKET_PATH, path)
        }
    }

    private func setProxy(_ key: Environment.Key, _ handle: EasyHandle) throws(CurlError) {
        guard let proxy, let value = environment.secret(key) else { throw CurlError(CURLE_COULDNT_RESOLVE_PROXY) }
        // Without a scheme libcurl would guess one from the host's name.
        try handle.set(CURLOPT_PROXY, proxy.address.namesScheme ? value : value.enclosed(by: "http://", and: ""))
        guard proxy.address.scheme == .https else { return }
        try handle.set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // The environment's certificates count for the proxy, even if the server has its own, as a cluster has.
        try setTrust(handle, TrustAnchors(environment), bundle: CURLOPT_PROXY_CAINFO, directory: CURLOPT_PROXY_CAPATH)
    }

    private func setTrust(_ handle: EasyHandle) throws(CurlError) {
        guard request.url.origin.scheme == .https else { return }
        try setTrust(handle, request.trust, bundle: CURLOPT_CAINFO, directory: CURLOPT_CAPATH)
    }

    private func setTrust(
        _ handle: EasyHandle, _ anchors: TrustAnchors, bundle: CURLoption, directory: CURLoption
    ) throws(CurlError) {
        switch (anchors, trust) {
        case (.files(let file, let folder), _):
            try handle.set(bundle, file)
            try handle.set(directory, folder)
        case (.system, .fastest):
            let isGnuTLS = handle.build.tls == .gnuTLS
            try handle.set(bundle, isGnuTLS ? Self.certificateBundle : nil)
            try handle.set(directory, isGnuTLS ? nil : Self.certificateDirectory)
        case (.system, .default): break
        }
    }

    /// Lets libcurl sign.
    ///
    /// Its copy of the key cannot be wiped from here before the handle is reset.
    private func setSignature(_ handle: EasyHandle, _ credential: borrowing HTTPCredential) throws(CurlError) {
        switch credential {
        case .none: break
        case .header: break
        case .awsSignature(let signature):
            try handle.set(HFMINT_CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
            try handle.set(CURLOPT_USERNAME, signature.keyID)
            try handle.set(CURLOPT_PASSWORD, signature.key)
        }
    }

    private func headerLines(_ credential: borrowing HTTPCredential, _ body: borrowing HTTPBody) -> HeaderLines {
        var lines = request.headers.map { SharedSecret(Secret(copying: "\($0.name): \($0.value)\0".utf8)) }
        switch body {
        case .none: break
        case .content(let content):
            lines.append(SharedSecret(Secret(copying: "Content-Type: \(content.type)\0".utf8)))
        }
        switch credential {
        case .none: break
        case .awsSignature(let signature):
            if let line = signature.tokenLine() { lines.append(line) }
        case .header(let header):
            for name in header.names {
                lines.append(SharedSecret(header.secret.enclosed(by: "\(name): \(header.prefix)", and: "\0")))
            }
        }
        return HeaderLines(lines)
    }
}

extension HTTPCredential.AWSSignature {
    fileprivate func tokenLine() -> SharedSecret? {
        switch sessionToken {
        case .none: nil
        case .some(let token): SharedSecret(token.enclosed(by: "X-Amz-Security-Token: ", and: "\0"))
        }
    }
}

extension HTTPCredential {
    fileprivate var isAWSSignature: Bool {
        switch self {
        case .none: false
        case .header: false
        case .awsSignature: true
        }
    }

    /// Whether the credential has no line break, which would begin another header.
    var fitsOnOneLine: Bool {
        switch self {
        case .none: true
        case .awsSignature: true
        case .header(let header):
            // A space is allowed: `Basic …` is a whole value, as in a collector's credential.
            header.secret.reveal { span in
                span.indices.allSatisfy { span[$0].isASCIIVisible || span[$0] == ASCII.space }
            }
        }
    }
}
