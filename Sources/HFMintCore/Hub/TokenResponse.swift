/// The folder of the Hub's own words, one file for each of its routes.
///
/// The routes are the token endpoint (``PublisherExchange``, ``MemberExchange``), the trials of a token
/// (``TokenTrial``), the report of a leaked one (``LeakReport``), the secrets of a Space (``SpaceSecrets``), and the front
/// page. They speak of a ``Resource`` and a ``HubToken``, and refuse with a ``HubRefusal``. The files build requests and
/// read answers. Except for a trial, they send nothing.
extension HTTPRequest {
    package static func tokenExchange(at endpoint: Origin) -> HTTPRequest {
        HTTPRequest(.post, HTTPURL(endpoint, "/oauth/token"), headers: [HTTPHeader("Accept", "application/json")])
    }
}

/// A token from the Hub's token endpoint, with its lifetime.
///
/// <https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1>
package struct TokenResponse: ~Copyable {
    package let token: Secret
    package let lifetimeSeconds: Int
}
