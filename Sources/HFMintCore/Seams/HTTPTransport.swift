/// A transport that sends a request and waits for the answer.
///
/// It is synchronous because hfmint does one thing at a time, and because blocking in Swift's cooperative thread pool
/// would starve a CI runner with two cores.
package protocol HTTPTransport: Sendable {
    /// Sends a request, and returns the answer with any status.
    ///
    /// It never follows a redirect, and beyond this machine speaks plain http only on ``Route/metadataServer``.
    ///
    /// - Throws: ``TransportError`` if no complete answer arrived.
    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse

    /// Returns whether `list`, in the form of `NO_PROXY`, exempts `origin` from the proxy.
    func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool

    /// Closes the connections that were kept for the next request, so that no child process inherits one.
    func closeIdleConnections()

    /// The libraries for HTTP and TLS with their versions, in their own words, or nil if there are none.
    var version: String? { get }
}

/// The credential that proves to the server who asks.
package enum HTTPCredential: ~Copyable, Sendable {
    case none
    case header(Header)
    case awsSignature(AWSSignature)

    /// A header with the prefix and the secret for each name, for instance `Authorization: Bearer …`.
    package struct Header: ~Copyable, Sendable {
        package let names: [String]
        package let prefix: String
        package let secret: Secret
    }

    /// The key with which libcurl signs a request.
    ///
    /// <https://curl.se/libcurl/c/CURLOPT_AWS_SIGV4.html>
    package struct AWSSignature: ~Copyable, Sendable {
        package let region: String
        package let service: String
        package let keyID: String
        package let key: Secret
        package let sessionToken: Secret?
    }

    package static func awsSignature(
        region: String, service: String, keyID: String, key: consuming Secret, sessionToken: consuming Secret?
    ) -> HTTPCredential {
        .awsSignature(
            AWSSignature(region: region, service: service, keyID: keyID, key: key, sessionToken: sessionToken))
    }

    package static func header(name: String, prefix: String, _ secret: consuming Secret) -> HTTPCredential {
        .headers([name], prefix: prefix, secret)
    }

    package static func headers(_ names: [String], prefix: String, _ secret: consuming Secret) -> HTTPCredential {
        .header(Header(names: names, prefix: prefix, secret: secret))
    }
}

/// The body of a request.
package enum HTTPBody: ~Copyable, Sendable {
    case none
    case content(Content)

    package struct Content: ~Copyable, Sendable {
        package let type: String
        package let bytes: Secret
    }

    package init(_ content: consuming Content?) {
        switch consume content {
        case .none: self = .none
        case .some(let content): self = .content(content)
        }
    }

    package static func json(_ bytes: consuming Secret) -> HTTPBody {
        .content(Content(type: "application/json", bytes: bytes))
    }
}

/// An answer, whose body may hold a credential.
package struct HTTPResponse: ~Copyable, Sendable {
    package let status: Int
    /// The headers that ``HTTPResponse/keptHeaders`` names.
    package let headers: [HTTPHeader]
    package let body: Secret
    /// The lines of the final head as they came, if the request had a ``RequestLine``; else empty.
    package let head: Secret

    package init(
        status: Int, headers: [HTTPHeader] = [], body: consuming Secret,
        head: consuming Secret = Secret(copying: [])
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.head = head
    }

    /// The names, in lower case, of the headers that are not dropped on arrival.
    package static let keptHeaders = [
        "content-encoding", "date", "link", "location", "ratelimit", "ratelimit-policy", "retry-after",
        "x-amzn-errortype", "x-error-code", "x-rate-limit-remaining", "x-rate-limit-reset", "x-ratelimit-remaining",
        "x-ratelimit-reset", "x-request-id",
    ]

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    package var date: Timestamp? { header("date").flatMap { Timestamp(httpDate: $0) } }
}

/// Why no complete answer arrived.
///
/// ``HTTPTransport`` throws it. A caller that knows the purpose of the request catches it.
package struct TransportError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// No libcurl is installed that this request can be made with.
        case library
        /// hfmint never sends such a request, for instance plain http to another machine.
        case policy
        case resolve
        case connect
        /// This process may not use the network; nothing was sent.
        case forbidden
        /// The proxy, or the server behind it, could not be reached.
        case proxy
        /// The proxy refused the request.
        case proxyRefused
        /// A variable holds an address that no proxy can have.
        case proxyUnusable
        /// The server's certificate was not accepted.
        case untrusted
        /// The proxy's certificate was not accepted, or it speaks no TLS; the server was not reached.
        case proxyUntrusted
        /// The handshake failed.
        case tls
        /// The handshake will always fail: the server speaks no TLS, or none that hfmint speaks.
        case tlsVersion
        case timeout
        case interrupted
        case tooLarge
        /// The answer is compressed, which hfmint did not ask for.
        case encoded
    }

    package let kind: Kind
    /// A reason in hfmint's words: lower case, without a host other than the proxy's, and without a server's text.
    package let reason: String
    /// What to do about a library.
    package let hint: String?

    package init(_ kind: Kind, _ reason: String, hint: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.hint = hint
    }

    /// Whether a repetition may succeed.
    package var isTransient: Bool {
        switch kind {
        case .resolve, .connect, .proxy, .tls, .timeout, .interrupted: true
        case .library, .policy, .forbidden, .proxyRefused, .proxyUnusable, .proxyUntrusted, .untrusted, .tlsVersion,
            .tooLarge, .encoded:
            false
        }
    }
}
