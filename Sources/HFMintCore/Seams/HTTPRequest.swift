/// A request without its secrets, so that it can be printed, compared and recorded.
///
/// ``HTTPTransport`` takes the credential and the body beside it.
package struct HTTPRequest: Equatable, Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case head = "HEAD"
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL
    package var headers: [HTTPHeader]
    package var route: Route
    package var trust: TrustAnchors
    package var limits: HTTPLimits
    package var peers = Peers.any
    /// Whether each repetition acts again, so that the request needs a new connection.
    ///
    /// libcurl repeats a request by itself if a kept connection is closed before the answer.
    /// <https://github.com/curl/curl/pull/18417>
    package var actsOnce = false
    /// What stands in the first line in place of the method and the URL's target, or nil.
    ///
    /// With it the whole head of the answer is kept: see ``HTTPResponse/head``.
    package var line: RequestLine?

    package init(
        _ method: Method, _ url: HTTPURL, headers: [HTTPHeader] = [], route: Route = .direct,
        trust: TrustAnchors = .system, limits: HTTPLimits = .default
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.route = route
        self.trust = trust
        self.limits = limits
    }
}

/// The first line of a request, of somebody who keeps to no rule: both words are sent byte by byte.
///
/// <https://www.rfc-editor.org/rfc/rfc9112#section-3>
package struct RequestLine: Equatable, Sendable {
    package let method: String
    /// In any form, or in none; without a NUL, a carriage return and a line feed.
    package let target: String

    package init(method: String, target: String) {
        self.method = method
        self.target = target
    }
}

/// The addresses to which a request may connect after its host is resolved.
package enum Peers: Equatable, Sendable {
    case any
    /// Only ``PublicAddress``es, for URLs that strangers may have chosen.
    ///
    /// Each address is checked before a packet goes there, and a connection that was made without the check is not
    /// used. A proxy resolves names itself, so through a proxy only an address in the URL is checked.
    case publicOnly
}

/// A header that may be printed.
package struct HTTPHeader: Equatable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The way to the server.
package enum Route: Equatable, Sendable {
    case direct
    /// To one of ``metadataHosts``, never through a proxy: the only plain http beyond this machine.
    case metadataServer
    /// Through the HTTP proxy in this variable, which alone holds its user name and password.
    case proxy(Environment.Key)
    /// Over the unix socket at this path.
    case unixSocket(String)
}

extension Route {
    /// The hosts at which clouds serve metadata in plain http, over a link that ends at the machine's hypervisor.
    ///
    /// <https://cloud.google.com/compute/docs/metadata/querying-metadata>
    package static let metadataHosts = ["metadata.google.internal", "169.254.169.254"]
}

/// The authorities whose signature on a server's certificate is trusted.
package enum TrustAnchors: Equatable, Sendable {
    /// The system's hashed certificate directory, then its bundle.
    case system
    case files(bundle: String?, directory: String?)
}

/// The limits of time and size at which a request is given up.
package struct HTTPLimits: Equatable, Sendable {
    package var connectMilliseconds: Int
    package var totalMilliseconds: Int
    package var bodyByteCount: Int

    /// 20 s for a try, because the Hub itself gives up on an issuer after 10 s; 64 KiB for an answer.
    package static let `default` = HTTPLimits(
        connectMilliseconds: 10_000, totalMilliseconds: 20_000, bodyByteCount: 64 << 10)
}
