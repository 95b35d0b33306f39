/// A request that changes nothing, and whose answer shows whether the Hub takes a token: ``authCheck(_:writes:)`` or
/// ``whoAmI``.
package struct TokenTrial: Equatable, Sendable {
    let path: String
    /// Whether the Hub documents the route; where it does not, a 401 or a 404 may say no more than that.
    let isDocumented: Bool

    /// Asks once, at the Hub that gave the token.
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
        /// 0 where no answer came.
        package let status: Int
        package let isDocumented: Bool
        /// Whether it is a web page, which something between here and the Hub may have sent: it says nothing.
        private let isPage: Bool

        package init(_ status: Int, isPage: Bool = false, isDocumented: Bool = true) {
            self.status = status
            self.isPage = isPage
            self.isDocumented = isDocumented
        }

        package var isTaken: Bool { !isPage && (200...299).contains(status) }

        /// Whether the Hub says that the token may not do this.
        package var isRefused: Bool { !isPage && (isDocumented ? [401, 403, 404] : [403]).contains(status) }

        /// Whether the Hub does not know the token: it is dead where the same trial took it before.
        package var isUnknown: Bool { !isPage && status == 401 }
    }
}
