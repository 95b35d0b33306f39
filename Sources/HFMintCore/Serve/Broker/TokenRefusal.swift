/// A no of the token endpoint, as OAuth and the Hub spell it.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>
package struct TokenRefusal: Error, Sendable {
    package let status: ServeAnswer.Status
    package let error: OAuthError
    /// A stable word: a ``RequestDecision/Code``, a ``MintError/Code``, or one of the broker's own.
    package let code: String
    /// A clause for the caller, whoever that is.
    package let words: String
    /// What the record says beside the code, and the caller is not told; empty for nothing.
    package let record: String
    package let retryAfterSeconds: Int?

    package enum OAuthError: String, CaseIterable, Sendable {
        case invalidRequest = "invalid_request"
        /// What the Hub says of an ID token that it does not accept, where RFC 8693 has `invalid_request`.
        case invalidGrant = "invalid_grant"
        case invalidScope = "invalid_scope"
        /// <https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2>
        case invalidTarget = "invalid_target"
        case unsupportedGrantType = "unsupported_grant_type"
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    init(
        _ status: ServeAnswer.Status, _ error: OAuthError, _ code: String, _ words: String, record: String = "",
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.error = error
        self.code = code
        self.words = words
        self.record = record
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether nothing was decided about the caller.
    var isFailure: Bool { status == .serviceUnavailable }

    /// The largest description in bytes; hfmint's own client shows the first 300.
    private static let descriptionLimit = 1_000

    /// The answer to the caller.
    func answer(to request: ServeRequest) -> ServeAnswer {
        var headers: [ServeAnswer.Header] = [
            .init(.contentType, .init(lossy: "application/json")), .init(.cacheControl, .init(lossy: "no-store")),
            .init(.errorCode, .init(lossy: code)), .init(.requestID, .init(lossy: request.id)),
        ]
        if let retryAfterSeconds { headers.append(.init(.retryAfter, .init(lossy: "\(retryAfterSeconds)"))) }
        if status == .methodNotAllowed { headers.append(.init(.allow, .init(lossy: "POST"))) }
        let body: JSONValue = [
            "error": .string(error.rawValue), "error_description": .string(Self.description("\(code): \(words)")),
        ]
        return ServeAnswer(status, headers, body: [.secret(SharedSecret(body.rendered()))])
    }

    /// Returns the text with the characters alone that a description may have.
    private static func description(_ text: String) -> String {
        let bytes = text.withoutTokens.utf8.prefix(descriptionLimit).map { byte in
            switch byte {
            case ASCII.quote: ASCII.apostrophe
            case ASCII.backslash: ASCII.slash
            case ASCII.space..<0x7F: byte
            default: UInt8(ascii: "?")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TokenRefusal {
    /// Makes the refusal of what went wrong here, of which strangers learn the code alone.
    init(failing error: MintError) {
        self.init(
            .serviceUnavailable, .temporarilyUnavailable, error.code.rawValue, "this is safe to try again later",
            record: error.message, retryAfterSeconds: max(1, error.retryAfterSeconds ?? 5))
    }

    /// Makes the refusal of an ID token that could not be verified.
    init(verifying error: MintError) {
        guard error.code == .identityUnverified else {
            self.init(failing: error)
            return
        }
        self.init(.badRequest, .invalidGrant, error.code.rawValue, error.message)
    }
}
