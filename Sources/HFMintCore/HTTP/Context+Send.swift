/// The room of requests: how one request reaches its server, and what its answer is worth.
///
/// A caller enters by ``Context/send(_:credential:body:limits:trust:)``, mostly from within
/// ``Attempts/repeating(in:explain:_:)``. The request takes the route that `ProxySettings.swift` reads from the
/// environment, and goes out by the transport seam. A failure on the way becomes a ``MintError``
/// (`MintError+Transport.swift`). An answer says when to come back (`HTTPResponse+Retry.swift`), and which of its words
/// may appear in a message (`PublishedAnswer.swift`, `HTTPResponse+Redirect.swift`).
///
/// Nothing here follows a redirect, decompresses a body, or quotes more of an answer than an error code.
extension Context {
    /// Sends `request` on the route that the environment asks for, within `limits`.
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
            // On a machine without a metadata server, nothing answers at all.
            request.limits.connectMilliseconds = min(2_000, limits.connectMilliseconds)
        }
        let response = try transport.send(request, credential: credential, body: body)
        return try response.plain()
    }

    /// Checks the proxy that requests to `origin` take.
    ///
    /// - Throws: ``MintError/Code/usage`` if its address cannot be right.
    package func checkProxy(to origin: Origin) throws(MintError) {
        do throws(TransportError) {
            _ = try ProxySettings(self).route(to: origin)
        } catch {
            throw .transport(error, to: origin.host, doing: .serviceUnavailable)
        }
    }

    /// Checks the proxy that requests to any host take, unless `NO_PROXY` exempts all hosts.
    package func checkProxy() throws(MintError) { try checkProxy(to: .anyHost) }
}

extension HTTPResponse {
    /// Returns the answer if its body has no content coding, since hfmint asks for none.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-8.4>
    ///
    /// libcurl hands on a transfer coding that it did not ask for. The first bytes of gzip and zstd show it, as no text
    /// begins with them. <https://www.rfc-editor.org/rfc/rfc1952#section-2.3>,
    /// <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1>
    ///
    /// Drops an encoded body where the status alone says what to do next.
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
        guard !isTransient, !isRedirect else {
            return HTTPResponse(status: status, headers: headers, body: Secret(copying: []))
        }
        // Only a registered name is quoted: <https://www.iana.org/assignments/http-parameters>.
        let known = ["gzip", "x-gzip", "br", "zstd", "deflate", "compress", "x-compress", "dcb", "dcz"]
        let name = known.first { coding.equals($0) } ?? "in a way that is not known here"
        throw TransportError(.encoded, "the answer is compressed (\(name)), although that was not asked for")
    }
}

extension Origin {
    /// A host below a reserved name, which no server has: <https://www.rfc-editor.org/rfc/rfc6761#section-6.4>.
    fileprivate static let anyHost = Origin(.https, host: "any.invalid", port: "443") ?? .huggingFace
}

extension TrustAnchors {
    /// Takes the certificates that `SSL_CERT_FILE`, `CURL_CA_BUNDLE` and `SSL_CERT_DIR` name, else the system's.
    package init(_ environment: Environment) {
        let bundle = environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"]
        let directory = environment["SSL_CERT_DIR"]
        self = bundle == nil && directory == nil ? .system : .files(bundle: bundle, directory: directory)
    }
}
