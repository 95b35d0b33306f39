/// A report of a leaked token, which the Hub takes from anybody: it e-mails the owner.
///
/// <https://huggingface.co/docs/hub/security-tokens>
package enum LeakReport {
    /// The longest token that the route takes, by the Hub's OpenAPI description.
    package static let longestToken = 200

    static func request(to endpoint: Origin) -> HTTPRequest {
        HTTPRequest(.post, HTTPURL(endpoint, "/api/credentials/revoke"))
    }

    /// - Parameter token: ``HubToken/isWellFormed(_:)``, so that it needs no JSON escapes.
    static func body(_ token: borrowing Secret) -> HTTPBody {
        .json(token.enclosed(by: "{\"credentials\":[\"", and: "\"]}"))
    }

    /// Whether the Hub took the report, which it does whether or not it knew the token: that is never a revocation.
    static func isTaken(_ status: Int) -> Bool { status == 202 }
}
