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
