/// An answer to the web server.
///
/// A header's name is one of ``Name``, and its value a ``Value`` without control characters, so that no text from
/// outside can add a header.
package struct ServeAnswer: Sendable {
    package let status: Status
    package let headers: [Header]
    package let body: [TextOrToken]

    package init(_ status: Status, _ headers: [Header] = [], body: [TextOrToken] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A status of HTTP.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-15>
    package enum Status: Int, CaseIterable, Sendable {
        case ok = 200
        case accepted = 202
        case noContent = 204
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case methodNotAllowed = 405
        case contentTooLarge = 413
        case unsupportedMediaType = 415
        case tooManyRequests = 429
        case internalServerError = 500
        case serviceUnavailable = 503

        /// The number and its words, as a status line has them.
        var line: String {
            switch self {
            case .ok: "200 OK"
            case .accepted: "202 Accepted"
            case .noContent: "204 No Content"
            case .badRequest: "400 Bad Request"
            case .unauthorized: "401 Unauthorized"
            case .forbidden: "403 Forbidden"
            case .methodNotAllowed: "405 Method Not Allowed"
            case .contentTooLarge: "413 Content Too Large"
            case .unsupportedMediaType: "415 Unsupported Media Type"
            case .tooManyRequests: "429 Too Many Requests"
            case .internalServerError: "500 Internal Server Error"
            case .serviceUnavailable: "503 Service Unavailable"
            }
        }
    }

    package struct Header: Sendable {
        package let name: Name
        package let value: Value

        package init(_ name: Name, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    package enum Name: String, CaseIterable, Sendable {
        /// What the web server sends upstream as `Authorization`.
        case upstreamAuthorization = "X-Hfmint-Authorization"
        case role = "X-Hfmint-Role"
        case actor = "X-Hfmint-Actor"
        case challenge = "WWW-Authenticate"
        /// What `huggingface_hub` shows: `X-Error-Code`, `X-Error-Message`.
        case errorCode = "X-Error-Code"
        case errorMessage = "X-Error-Message"
        case requestID = "X-Request-Id"
        case contentType = "Content-Type"
        case cacheControl = "Cache-Control"
        case retryAfter = "Retry-After"
        case allow = "Allow"

        /// The variable by which an authorizer passes it on, or nil.
        ///
        /// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S6.3>
        var variable: String? {
            switch self {
            case .upstreamAuthorization: "Variable-HFMINT_AUTHORIZATION"
            case .role: "Variable-HFMINT_ROLE"
            case .actor: "Variable-HFMINT_ACTOR"
            default: nil
            }
        }
    }

    /// Visible ASCII and spaces, at most 4 KiB.
    package struct Value: Sendable {
        static let maximumByteCount = 4_096
        private static let scheme = "Bearer "
        private let content: Content

        private enum Content {
            case text(String)
            case bearer(SharedSecret)
        }

        /// Lends the pieces of which the value consists to `body`, in their order.
        func forEachPiece(_ body: (TextOrToken) -> Void) {
            switch content {
            case .text(let text): body(.text(text))
            case .bearer(let token):
                body(.text(Self.scheme))
                body(.secret(token))
            }
        }

        /// Returns nil if `text` has another byte or is too long.
        package init?(_ text: String) {
            guard Self.allows(text) else { return nil }
            content = .text(text)
        }

        /// Makes a value of any text: what it may not hold becomes `?`, and what is too long is cut.
        package init(lossy text: String) {
            guard !Self.allows(text) else {
                content = .text(text)
                return
            }
            let bytes = text.utf8.prefix(Self.maximumByteCount).map { Self.allows($0) ? $0 : UInt8(ascii: "?") }
            content = .text(String(decoding: bytes, as: UTF8.self))
        }

        /// Makes `Bearer ` and a token; nil if that has a byte that no header holds, or is too long.
        package init?(bearer token: SharedSecret) {
            let isSafe = token.secret.reveal { span in
                span.count <= Self.maximumByteCount - Self.scheme.utf8.count && span.isASCIIVisible
            }
            guard isSafe else { return nil }
            content = .bearer(token)
        }

        private static func allows(_ text: String) -> Bool {
            text.utf8.count <= maximumByteCount && text.utf8.allSatisfy(allows)
        }

        private static func allows(_ byte: UInt8) -> Bool { byte.isASCIIVisible || byte == ASCII.space }
    }
}

extension ServeAnswer {
    /// A refusal of which `huggingface_hub` shows the message.
    package static func refusal(_ status: Status, code: String, _ message: String) -> ServeAnswer {
        ServeAnswer(
            status,
            [Header(.errorCode, Value(lossy: code)), Header(.errorMessage, Value(lossy: message))])
    }
}
