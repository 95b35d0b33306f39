extension HTTPRequest {
    /// Returns a request to the Hub's token endpoint; a ``PublisherExchange`` or a ``MemberExchange`` makes its body.
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
