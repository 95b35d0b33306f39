/// Which way a request goes, decided from the environment alone.
///
/// libcurl would read some of these variables by itself; it is always told, so that no hidden `getenv` decides.
package struct ProxySettings: Sendable {
    private let environment: Environment

    package init(_ environment: Environment) {
        self.environment = environment
    }

    /// The lower-case name counts first, as in curl.
    ///
    /// Requests to this machine never take a proxy.
    package func route(to origin: Origin) -> Route {
        guard !origin.isLoopback, !isExempt(origin) else { return .direct }
        let names: [Environment.Key] =
            origin.scheme == .https ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : []
        return names.first { environment.isSet($0) }.map { .proxy($0) } ?? .direct
    }

    /// `NO_PROXY`: names and their subdomains, with or without a leading dot, separated by commas; `*` is every host.
    private func isExempt(_ origin: Origin) -> Bool {
        guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
        let host = Array(origin.host.utf8)
        return list.utf8.split { $0 == ASCII.comma || $0 == ASCII.space }.contains { entry in
            if entry.elementsEqual("*".utf8) { return true }
            let name = Array(entry.drop { $0 == ASCII.dot }).map(\.asciiLowercased).prefix { $0 != ASCII.colon }
            guard !name.isEmpty, host.count >= name.count, host.suffix(name.count).elementsEqual(name) else {
                return false
            }
            return host.count == name.count || host[host.count - name.count - 1] == ASCII.dot
        }
    }
}

extension TrustAnchors {
    /// What `SSL_CERT_FILE`, `CURL_CA_BUNDLE` and `SSL_CERT_DIR` name, else what the system has.
    package init(_ environment: Environment) {
        let bundle = environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"]
        let directory = environment["SSL_CERT_DIR"]
        self = bundle == nil && directory == nil ? .system : .files(bundle: bundle, directory: directory)
    }
}

extension Context {
    /// Sends `request` the way the environment says, within `limits`.
    package func send(
        _ request: HTTPRequest,
        credential: borrowing HTTPCredential = .none,
        body: borrowing HTTPBody = .none,
        limits: HTTPLimits,
        trust: TrustAnchors? = nil
    ) throws(TransportError) -> HTTPResponse {
        var request = request
        if request.route == .direct { request.route = ProxySettings(environment).route(to: request.url.origin) }
        request.trust = trust ?? (request.trust == .system ? TrustAnchors(environment) : request.trust)
        request.limits = limits
        if request.route == .metadataServer {
            // Where there is none, nothing answers at all.
            request.limits.connectMilliseconds = min(2_000, limits.connectMilliseconds)
        }
        return try transport.send(request, credential: credential, body: body)
    }
}
