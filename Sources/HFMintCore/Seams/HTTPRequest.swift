/// A request without its secrets, so that it can be printed, compared and recorded.
///
/// The credential and the body travel beside it, see ``HTTPTransport``.
package struct HTTPRequest: Equatable, Sendable {
    package enum Method: String, Sendable {
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
    /// Which addresses may be connected to.
    package var peers = Peers.any
    /// Whether it acts anew each time: it travels on a new connection then.
    ///
    /// A kept connection that is closed before the answer makes libcurl send the request again, unasked.
    /// <https://github.com/curl/curl/pull/18417>
    package var actsOnce = false

    package init(
        _ method: Method,
        _ url: HTTPURL,
        headers: [HTTPHeader] = [],
        route: Route = .direct,
        trust: TrustAnchors = .system,
        limits: HTTPLimits = .default
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.route = route
        self.trust = trust
        self.limits = limits
    }
}

/// Which addresses a request may go to, once its host's name is resolved.
package enum Peers: Equatable, Sendable {
    case any
    /// Only ``PublicAddress``es, for URLs that strangers may have chosen; each address is looked at before a packet
    /// goes there, and a connection that was made without that look is not used.
    ///
    /// Through a proxy the proxy resolves the name, so there only a URL that spells out an address is looked at.
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

/// The way from here to the server.
package enum Route: Equatable, Sendable {
    case direct
    /// To a cloud's metadata server: the one plain http beyond this machine, never through a proxy, and only to the
    /// hosts in ``metadataHosts``.
    case metadataServer
    /// Through an HTTP proxy; its user name and password, if any, are in the environment's value alone.
    case proxy(Environment.Key)
    /// Over a unix socket at this path.
    case unixSocket(String)
}

extension Route {
    /// Where clouds serve their metadata, in plain http, on a link that ends at the machine's own hypervisor.
    ///
    /// <https://cloud.google.com/compute/docs/metadata/querying-metadata>
    package static let metadataHosts = ["metadata.google.internal", "169.254.169.254"]
}

/// Whose signature on a server's certificate counts.
package enum TrustAnchors: Equatable, Sendable {
    /// The system's hashed certificate directory, then its bundle.
    case system
    case files(bundle: String?, directory: String?)
}

/// How long and how large an exchange may be before it is given up.
package struct HTTPLimits: Equatable, Sendable {
    package var connectMilliseconds: Int
    package var totalMilliseconds: Int
    package var bodyByteCount: Int

    /// 20 s a try, because the Hub itself gives up on an issuer after 10; 64 KiB of answer.
    package static let `default` = HTTPLimits(
        connectMilliseconds: 10_000, totalMilliseconds: 20_000, bodyByteCount: 64 << 10)
}
