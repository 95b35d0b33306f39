/// A request that changes nothing and whose answer shows whether the Hub accepts a token: ``authCheck(_:writes:)`` or
/// ``whoAmI``.
package struct TokenTrial: Equatable, Sendable {
    let path: String
    /// Whether the Hub documents the route; on another one, a 401 or a 404 may mean that the route does not exist.
    let isDocumented: Bool

    /// Sends the trial once, to the Hub that gave the token.
    package func answer(
        to token: borrowing Secret, at endpoint: Origin, limits: HTTPLimits, in context: Context
    ) -> Answer {
        let proof = HTTPCredential.header(name: "Authorization", prefix: "Bearer ", token.duplicate())
        do throws(TransportError) {
            let request = HTTPRequest(.get, HTTPURL(endpoint, path))
            let response = try context.send(request, credential: proof, limits: limits)
            return Answer(response.status, isPage: response.body.looksLikePage, isDocumented: isDocumented)
        } catch {
            return Answer(0, isDocumented: isDocumented)
        }
    }

    package struct Answer: Equatable, Sendable {
        /// The HTTP status; 0 if no answer came.
        package let status: Int
        package let isDocumented: Bool
        /// Whether the body is a web page; a proxy may have sent it, so the answer proves nothing.
        private let isPage: Bool

        package init(_ status: Int, isPage: Bool = false, isDocumented: Bool = true) {
            self.status = status
            self.isPage = isPage
            self.isDocumented = isDocumented
        }

        /// Whether the Hub accepts the token.
        package var isTaken: Bool { !isPage && (200...299).contains(status) }

        /// Whether the Hub refuses this use of the token.
        package var isRefused: Bool { !isPage && (isDocumented ? [401, 403, 404] : [403]).contains(status) }

        /// Whether the Hub does not know the token; if it accepted the same trial before, the token is dead.
        package var isUnknown: Bool { !isPage && status == 401 }
    }
}
