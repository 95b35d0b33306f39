/// What a location of the web server asks for, as its configuration says by `HFMINT_ROUTE`.
package enum ServeRoute: String, CaseIterable, Sendable {
    /// May this request pass?
    case decide
    /// The broker's token endpoint.
    case token
    /// May this request pass, judged also by its body?
    case inspect
    /// Security events that an identity provider sends.
    case events
    /// Changes of users and groups that an identity provider sends.
    case scim
    case health
    case ready
    case metrics

    /// The largest body that the route reads, in bytes; 0 for a route that answers without one.
    package var bodyLimit: Int {
        switch self {
        case .decide, .health, .ready, .metrics: 0
        case .token, .events, .scim: 64 << 10
        case .inspect: 1 << 20
        }
    }
}
