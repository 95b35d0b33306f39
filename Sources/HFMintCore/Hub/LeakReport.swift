/// A report of a leaked token, which the Hub accepts from anybody; it e-mails the owner.
///
/// <https://huggingface.co/docs/hub/security-tokens>
package enum LeakReport {
    /// The longest token that the route accepts, by the Hub's OpenAPI description, in bytes.
    package static let longestToken = 200

    static func request(to endpoint: Origin) -> HTTPRequest {
        HTTPRequest(.post, HTTPURL(endpoint, "/api/credentials/revoke"))
    }

    /// Returns the body of the report.
    ///
    /// - Parameter token: a token that ``HubToken/isWellFormed(_:)`` has checked, so that it needs no JSON escapes.
    static func body(_ token: borrowing Secret) -> HTTPBody {
        .json(token.enclosed(by: "{\"credentials\":[\"", and: "\"]}"))
    }

    /// Whether the Hub accepted the report; it accepts one of an unknown token too, so this proves no revocation.
    static func isTaken(_ status: Int) -> Bool { status == 202 }
}
