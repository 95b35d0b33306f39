/// Which way a request goes, decided from the environment alone.
///
/// libcurl would read some of these variables by itself; it is always told, so that no hidden `getenv` decides.
package struct ProxySettings: Sendable {
    private let environment: Environment
    private let transport: any HTTPTransport

    package init(_ context: Context) {
        environment = context.environment
        transport = context.transport
    }

    /// The lower-case name counts first, as in curl.
    private static let names: [Environment.Key] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

    /// The variable that counts, where one is set.
    package var variable: Environment.Key? { Self.names.first { environment.isSet($0) } }

    /// Requests to this machine never take a proxy.
    ///
    /// - Throws: ``TransportError/Kind/proxyUnusable`` where it leads through a proxy whose address cannot be right.
    package func route(to origin: Origin) throws(TransportError) -> Route {
        guard origin.scheme == .https, let variable, !origin.isLoopback, !isExempt(origin) else { return .direct }
        _ = try address(in: variable)
        return .proxy(variable)
    }

    /// What `variable` holds.
    package func address(in variable: Environment.Key) throws(TransportError) -> ProxyAddress {
        do throws(ProxyAddress.Fault) {
            return try ProxyAddress(environment.secret(variable)?.reveal { $0.bytes } ?? [])
        } catch {
            throw TransportError(.proxyUnusable, "\(variable.name) is no address of a proxy: it \(error.reason)")
        }
    }

    /// Whether the variables exempt it, as the libcurl that is loaded reads them.
    ///
    /// They differ: ranges count from 7.86 on, blanks between names until 8.9. Beyond what libcurl does, an IPv6
    /// address is exempt in every spelling of it.
    private func isExempt(_ origin: Origin) -> Bool {
        guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
        if let address = origin.address, address.bytes.count == 16, Self.spells(address, in: list) { return true }
        return transport.passesProxyBy(origin, exempting: Self.withoutMalformedRanges(list))
    }

    /// Before 8.18, libcurl reads `10.0.0.0/x` and `10.0.0.0/` as the one address.
    /// <https://github.com/curl/curl/commit/97b0abb46b>
    private static func withoutMalformedRanges(_ list: String) -> String {
        let separators = [ASCII.comma, ASCII.space, ASCII.tab]
        var kept: [UInt8] = []
        var rest = Array(list.utf8)[...]
        while let first = rest.first {
            let entry = rest.prefix { !separators.contains($0) }
            rest = rest.dropFirst(max(1, entry.count))
            let bits = entry.drop { $0 != ASCII.slash }.dropFirst()
            let isWhole =
                !entry.contains(ASCII.slash) || (1...3).contains(bits.count) && bits.allSatisfy(\.isASCIIDigit)
            // A slash alone names nothing.
            kept += entry.isEmpty ? [first] : isWhole ? Array(entry) : [ASCII.slash]
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func spells(_ address: IPAddress, in list: String) -> Bool {
        let entries = list.utf8.split { [ASCII.comma, ASCII.space, ASCII.tab].contains($0) }
        return entries.contains { IPAddress(v6: $0) == address || IPAddress(host: $0) == address }
    }
}

extension Origin {
    /// Below a name that nothing has: <https://www.rfc-editor.org/rfc/rfc6761#section-6.4>.
    fileprivate static let anyHost = Origin(.https, host: "any.invalid", port: "443") ?? .huggingFace
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
        if request.route == .direct { request.route = try ProxySettings(self).route(to: request.url.origin) }
        request.trust = trust ?? (request.trust == .system ? TrustAnchors(environment) : request.trust)
        request.limits = limits
        if request.route == .metadataServer {
            // Where there is none, nothing answers at all.
            request.limits.connectMilliseconds = min(2_000, limits.connectMilliseconds)
        }
        let response = try transport.send(request, credential: credential, body: body)
        return try response.plain()
    }

    /// - Throws: ``MintError/Code/usage`` where `origin` would be asked through a proxy whose address cannot be right.
    package func checkProxy(to origin: Origin) throws(MintError) {
        do throws(TransportError) {
            _ = try ProxySettings(self).route(to: origin)
        } catch {
            throw .transport(error, to: origin.host, doing: .serviceUnavailable)
        }
    }

    /// Like ``checkProxy(to:)`` for any host, unless `NO_PROXY` exempts them all.
    package func checkProxy() throws(MintError) { try checkProxy(to: .anyHost) }
}

extension HTTPResponse {
    /// The answer, if its body is as it was asked for: without a content coding.
    ///
    /// Nor with a transfer coding that libcurl did not ask for, and hands on as it is: gzip's and zstd's first bytes
    /// begin no text. <https://www.rfc-editor.org/rfc/rfc1952#section-2.3>,
    /// <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1>
    ///
    /// An answer that says by its status alone what to do next is taken without its body.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-8.4>
    ///
    /// - Throws: ``TransportError/Kind/encoded``.
    fileprivate consuming func plain() throws(TransportError) -> HTTPResponse {
        let codings = (header("content-encoding") ?? "").utf8.split {
            [ASCII.comma, ASCII.space, ASCII.tab].contains($0)
        }
        let named = codings.map { $0.map(\.asciiLowercased) }.first { !$0.equals("identity") }
        let silent = body.reveal { text in
            [("gzip", [0x1F, 0x8B] as [UInt8]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD])].first {
                text.bytes.starts(with: $0.1)
            }
        }
        guard let coding = named ?? silent.map({ Array($0.0.utf8) }), body.byteCount > 0 else { return self }
        guard !isTransient, !(300...399).contains(status) else {
            return HTTPResponse(status: status, headers: headers, body: Secret(copying: []))
        }
        // Only a name that is registered is repeated: <https://www.iana.org/assignments/http-parameters>.
        let known = ["gzip", "x-gzip", "br", "zstd", "deflate", "compress", "x-compress", "dcb", "dcz"]
        let name = known.first { coding.equals($0) } ?? "in a way that is not known here"
        throw TransportError(.encoded, "the answer is compressed (\(name)), although that was not asked for")
    }
}
