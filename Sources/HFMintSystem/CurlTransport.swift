private import CCurl
package import HFMintCore
internal import Synchronization

/// ``HTTPTransport`` over libcurl.
///
/// What it never does, whatever the request says: follow a redirect, speak plain http to another machine, accept less
/// than TLS 1.2, read `.netrc`, or let libcurl look for a proxy by itself.
package final class CurlTransport: HTTPTransport {
    private let environment: Environment
    /// Eight at once to one host: more is what rate limits are made for.
    private let gate = HostGate(most: 8)
    private let idle = Mutex<[IdleHandle]>([])
    /// Whether the hashed certificate directory has failed once, so that the bundle is asked first.
    private let prefersBundle = Mutex(false)

    /// - Parameter environment: where ``Route/proxy(_:)`` finds its value, which may hold a password.
    package init(environment: Environment) {
        self.environment = environment
    }

    package func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        guard request.isAllowed else {
            throw TransportError(.policy, "plain http to another machine is never used")
        }
        if let missing = LibCurl.shared.missing { throw TransportError(.library, missing) }
        guard request.peers == .any || !PublicAddress.isPrivateByName(request.url.origin.host) else {
            throw TransportError(
                .policy, "its address is this machine's or a private one, and allowPrivate is not set")
        }
        guard credential.fitsOnOneLine else {
            throw TransportError(.policy, "the credential for it holds a byte that no header may hold")
        }
        gate.enter(request.url.origin)
        defer { gate.leave(request.url.origin) }
        let transfer = Transfer(request, environment: environment, trust: systemTrust)
        let handle = try takeHandle()
        defer { idle.withLock { $0.append(IdleHandle(handle)) } }
        do throws(TransportError) {
            return try transfer.perform(on: handle, credential, body)
        } catch {
            // The certificate was refused, so nothing secret has been sent yet.
            guard transfer.mayTryBundle(after: error), !prefersBundle.withLock({ $0 }) else { throw error }
            prefersBundle.withLock { $0 = true }
            return try Transfer(request, environment: environment, trust: systemTrust).perform(
                on: handle, credential, body)
        }
    }

    package func closeIdleConnections() {
        idle.withLock { $0 = [] }
    }

    /// `libcurl 7.88.1 (OpenSSL/3.0.15)`.
    package var version: String? {
        guard LibCurl.shared.missing == nil, let info = LibCurl.shared.table.version_info(CURLVERSION_FIRST) else {
            return nil
        }
        let tls = unsafe info.pointee.ssl_version.map { unsafe " (\(String(cString: $0)))" } ?? ""
        return unsafe info.pointee.version.map { unsafe "libcurl \(String(cString: $0))\(tls)" }
    }

    /// The directory takes a third of the time that the bundle does, and not every system has one.
    private var systemTrust: SystemTrust { prefersBundle.withLock { $0 } ? .bundle : .directory }

    private func takeHandle() throws(TransportError) -> EasyHandle {
        if let handle = idle.withLock({ $0.popLast() }) { return handle.handle }
        do throws(CurlError) {
            return try EasyHandle()
        } catch {
            throw TransportError(.library, "libcurl could not be started")
        }
    }
}

extension HTTPRequest {
    /// Plain http goes to this machine, over a unix socket, or to a cloud's metadata server; never further.
    fileprivate var isAllowed: Bool {
        switch route {
        case .unixSocket: true
        case .metadataServer: url.isConfidential || Route.metadataHosts.contains(url.origin.host)
        case .direct, .proxy: url.isConfidential
        }
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
    /// A line break in a credential would begin another header.
    fileprivate var fitsOnOneLine: Bool {
        switch self {
        case .none: true
        case .awsSignature: true
        case .header(let header):
            // A blank is no line's end: `Basic …` is a whole value, as a collector's credential names it.
            header.secret.reveal { span in
                span.indices.allSatisfy { span[$0].isASCIIVisible || span[$0] == ASCII.space }
            }
        }
    }
}

/// A handle that no thread uses.
private struct IdleHandle: @unchecked Sendable {
    // `@unchecked`: it changes hands only through the lock around the list of idle handles.
    let handle: EasyHandle

    init(_ handle: EasyHandle) {
        self.handle = handle
    }
}

private enum SystemTrust { case directory, bundle }

/// One transfer: the request, in libcurl's terms.
private struct Transfer {
    let request: HTTPRequest
    let environment: Environment
    let trust: SystemTrust

    /// Where OpenSSL's hashed certificates lie, on every system with OpenSSL's default layout.
    private static let certificateDirectory = "/etc/ssl/certs"

    init(_ request: HTTPRequest, environment: Environment, trust: SystemTrust) {
        self.request = request
        self.environment = environment
        self.trust = trust
    }

    /// Whether the system's certificates were asked for what was refused.
    func mayTryBundle(after error: TransportError) -> Bool {
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
        do throws(CurlError) {
            try handle.reset(bodyLimit: request.limits.bodyByteCount)
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

    /// Why this process cannot use the network at all, where there was no connection.
    private func refusal(_ handle: EasyHandle, _ error: CurlError) -> TransportError? {
        if case .unixSocket = request.route { return nil }
        guard error.mayBeUnconnected, handle.number(CURLINFO_REQUEST_SIZE) == 0, !handle.hasRefusedPeer else {
            return nil
        }
        // Without a port of the proxy's, libcurl takes 1080.
        let port = proxy.map { $0.address.port ?? 1080 } ?? request.url.origin.port
        // Of an earlier transfer, where this one did not come to connect(2).
        let last = error.code == CURLE_COULDNT_CONNECT ? handle.number(CURLINFO_OS_ERRNO) : 0
        guard let refusal = NetworkRefusal.find(after: last, port: port) else { return nil }
        return TransportError(
            .forbidden, "this sandbox does not let hfmint use the network (\(refusal.call): \(refusal.reason))")
    }

    private func setMethod(_ handle: EasyHandle) throws(CurlError) {
        try handle.set(CURLOPT_URL, request.url.description)
        // Slashes and dots go out as they came in: a token URL may hold a double slash that counts.
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        switch request.method {
        case .head: try handle.set(CURLOPT_NOBODY, 1)
        case .get: try handle.set(CURLOPT_HTTPGET, 1)
        case .post: try handle.set(CURLOPT_POST, 1)
        // With a body libcurl would otherwise say POST.
        case .put, .patch, .delete: try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    /// A libcurl that does not know one of these options is an error, not a silent downgrade.
    private func setPolicy(_ handle: EasyHandle) throws(CurlError) {
        try handle.set(CURLOPT_PROTOCOLS_STR, request.url.origin.scheme.rawValue)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        let isChecked = request.peers == .publicOnly && request.route == .direct
        if isChecked { try handle.refusePrivatePeers() }
        try handle.set(CURLOPT_FRESH_CONNECT, request.actsOnce || isChecked ? 1 : 0)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // GitHub's token endpoint has answered HTTP/2 with HTTP_1_1_REQUIRED.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // What comes compressed all the same is not unpacked, but named: see ``TransportError/Kind/encoded``.
        try handle.set(CURLOPT_ACCEPT_ENCODING, "identity")
        try handle.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        try handle.set(CURLOPT_USERAGENT, "hfmint/\(hfmintVersion)")
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.limits.connectMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, request.limits.totalMilliseconds)
    }

    /// The proxy that it goes through, and the variable that names it.
    private var proxy: NamedProxy? {
        guard case .proxy(let key) = request.route, let value = environment.secret(key),
            let address = try? ProxyAddress(value.reveal { $0.bytes })
        else { return nil }
        return NamedProxy(variable: key.name, address: address)
    }

    /// Always told, so that no variable which libcurl reads by itself decides.
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
        // Without a scheme libcurl guesses one from the host's name.
        try handle.set(CURLOPT_PROXY, proxy.address.namesScheme ? value : value.enclosed(by: "http://", and: ""))
        guard proxy.address.scheme == .https else { return }
        try handle.set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // What the environment says, also where the server has an authority of its own, as a cluster does.
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
        case (.system, .directory):
            try handle.set(bundle, nil)
            try handle.set(directory, Self.certificateDirectory)
        case (.system, .bundle): break
        }
    }

    /// libcurl signs; its copy of the key is beyond our reach until the handle is reset.
    private func setSignature(_ handle: EasyHandle, _ credential: borrowing HTTPCredential) throws(CurlError) {
        switch credential {
        case .none: break
        case .header: break
        case .awsSignature(let signature):
            try handle.set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
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
