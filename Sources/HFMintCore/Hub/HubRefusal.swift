/// A refusal by the Hub, read from its documented error fields (RFC 6749, 5.2).
package struct HubRefusal: Equatable, Sendable {
    package let status: Int
    /// The error code, such as `invalid_grant`; without one, the HTTP status in words.
    package let error: String
    /// Whether ``error`` is an OAuth error code, which another server at this address would hardly send.
    package let isOAuth: Bool
    /// Whether a front door of an organization answered, whose own manifest decides: its description begins with the
    /// code of its header.
    package let isOfFrontDoor: Bool
    /// Whether the body is a web page: of a proxy, or of a network that asks people to log in.
    package let isPage: Bool
    package let description: String?
    package let requestID: String?
    /// The time by the Hub's clock.
    package let date: Timestamp?

    package init(_ response: borrowing HTTPResponse) {
        status = response.status
        date = response.date
        requestID = response.header("x-request-id").map { Self.excerpt(Array($0.utf8)) }
        let fields: (error: [UInt8]?, description: [UInt8]?) = response.body.reveal { text in
            guard let root = try? readJSON(text, limits: .answer) else { return (nil, nil) }
            // OAuth's (RFC 6749, 5.2); those of the Hub's other answers; `application/problem+json` (RFC 9457).
            let words = ["error_description", "message", "detail", "title"].compactMap {
                root[$0]?.string(in: text)
            }.first
            return (root["error"]?.string(in: text), words)
        }
        let code = fields.error ?? []
        let isCode = !code.isEmpty && code.allSatisfy { $0.isASCIILowercase || $0 == ASCII.underscore }
        isOAuth = isCode
        isPage = response.body.looksLikePage
        error = isCode ? Self.excerpt(code) : "HTTP \(response.status)\(isPage ? ", with a web page" : "")"
        let words = fields.description ?? (isCode ? nil : fields.error)
        description = words.flatMap { $0.isEmpty ? nil : Self.excerpt($0) }
        let opening = response.header("x-error-code").map { Array("\($0): ".utf8) }
        isOfFrontDoor = isCode && opening.map { words?.starts(with: $0) == true } == true
    }

    /// Returns the part of a server's text that may be shown: bounded, and without words that could be credentials.
    private static func excerpt(_ bytes: [UInt8]) -> String {
        let words = bytes.split(separator: ASCII.space, omittingEmptySubsequences: false)
        // Words are checked at full length, before the bound can cut a credential to a harmless length.
        let shown = words.map { word in
            let isSecret = ["eyJ", "hf_", "oauth_app_secret_"].contains { word.span.holds($0) } || word.count > 100
            return isSecret ? ArraySlice("[redacted]".utf8) : word
        }
        return String(decoding: Array(shown.joined(separator: [ASCII.space])).prefix(300), as: UTF8.self)
    }

    /// Whether the Hub stopped asking the issuer for its keys, which it reports with the code of a refusal.
    ///
    /// <https://github.com/huggingface/hub-docs/issues/2757>
    package var isAborted: Bool {
        error.utf8.elementsEqual("invalid_grant".utf8)
            && description?.utf8.elementsEqual("This operation was aborted".utf8) == true
    }

    /// The error and its description, for a message.
    package var sentence: String {
        description.map { "\(error): \($0)" } ?? error
    }
}
