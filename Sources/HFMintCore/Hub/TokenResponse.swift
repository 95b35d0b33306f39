extension HTTPRequest {
    /// Returns a request to the Hub's token endpoint, whose bodies are in ``PublisherExchange`` and ``MemberExchange``.
    ///
    /// This folder holds the Hub's own words, one file for each of its routes: the token endpoint, the trials of a token
    /// (`TokenTrial.swift`), the report of a leaked one (`LeakReport.swift`), the secrets of a Space
    /// (`SpaceSecrets.swift`), and the front page. ``Resource``, ``HubToken`` and ``HubRefusal`` are what the Hub speaks
    /// of. The files build requests and read answers. Except for a trial, they send nothing.
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
