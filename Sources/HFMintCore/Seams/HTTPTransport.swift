/// One request, one answer.
///
/// Synchronous on purpose: hfmint does one thing at a time, and blocking inside
/// Swift's cooperative thread pool would starve a two-core CI runner.
package protocol HTTPTransport: Sendable {
    /// Never follows a redirect, never speaks plain http beyond this machine.
    ///
    /// - Throws: ``TransportError`` if no complete answer arrived. A 3xx, 4xx or 5xx *is* an answer, and is returned.
    func send(
        _ request: HTTPRequest,
        credential: borrowing HTTPCredential,
        body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse

    /// Whether a request to `origin` would pass the proxy by for what `list` exempts, as `NO_PROXY` has it.
    func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool

    /// Closes the connections that were kept for the next request, so that no child inherits one.
    func closeIdleConnections()

    /// The libraries that it speaks HTTP and TLS with, in their own words; `nil` where there are none.
    var version: String? { get }
}

extension HTTPTransport {
    package var version: String? { nil }

    package func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool { false }
}

/// What proves to the server who asks.
package enum HTTPCredential: ~Copyable, Sendable {
    case none
    case header(Header)
    case awsSignature(AWSSignature)

    /// `name: prefix` and the secret, for instance `Authorization: Bearer …`, once for each name.
    package struct Header: ~Copyable, Sendable {
        package let names: [String]
        package let prefix: String
        package let secret: Secret
    }

    /// What libcurl signs a request with; the signature itself is its work.
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

/// What is sent to the server.
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

/// An answer whose body is assumed to hold a credential.
package struct HTTPResponse: ~Copyable, Sendable {
    package let status: Int
    /// Only those that ``HTTPResponse/keptHeaders`` names.
    package let headers: [HTTPHeader]
    package let body: Secret

    package init(status: Int, headers: [HTTPHeader] = [], body: consuming Secret) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Lower case; every other header is dropped where it arrives.
    package static let keptHeaders = [
        "content-encoding", "date", "location", "ratelimit", "retry-after", "x-amzn-errortype", "x-error-code",
        "x-rate-limit-remaining", "x-rate-limit-reset", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id",
    ]

    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    package var date: Timestamp? { header("date").flatMap { Timestamp(httpDate: $0) } }
}

/// Why there is no answer.
///
/// ``HTTPTransport`` throws it; whoever knows what was asked of whom catches it.
package struct TransportError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// libcurl is not installed, or too old.
        case library
        /// Plain http to another machine, or something else that hfmint never does.
        case policy
        case resolve
        case connect
        /// This process may not use the network; nothing was sent.
        case forbidden
        /// The proxy was not there, or did not get through.
        case proxy
        /// The proxy said no.
        case proxyRefused
        /// The proxy's address, as a variable has it, cannot be right.
        case proxyUnusable
        /// The certificate was not accepted.
        case untrusted
        /// The proxy's certificate was not accepted, or it speaks no TLS; the server was not reached.
        case proxyUntrusted
        /// The handshake failed.
        case tls
        /// The handshake failed, and always will: no TLS there, or none that hfmint speaks.
        case tlsVersion
        case timeout
        case interrupted
        case tooLarge
        /// The answer is compressed, which was not asked for.
        case encoded
    }

    package let kind: Kind
    /// In hfmint's own words: lower case, no host but the proxy's, nothing that a server said.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var isTransient: Bool {
        switch kind {
        case .resolve, .connect, .proxy, .tls, .timeout, .interrupted: true
        case .library, .policy, .forbidden, .proxyRefused, .proxyUnusable, .proxyUntrusted, .untrusted, .tlsVersion,
            .tooLarge, .encoded:
            false
        }
    }
}
