/// What the Hub's documented error fields say (RFC 6749, 5.2).
package struct HubRefusal: Equatable, Sendable {
    package let status: Int
    /// `invalid_grant`.
    package let error: String
    /// Whether it is an error of OAuth's, and not of whatever else may stand at the address.
    package let isOAuth: Bool
    /// Whether it is a page for people: of a proxy, or of a network that asks to log in.
    package let isPage: Bool
    package let description: String?
    package let requestID: String?
    /// The Hub's clock, as its answer gave it.
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
    }

    /// Server text that may be shown: bounded, and nothing in it that could be a credential.
    private static func excerpt(_ bytes: [UInt8]) -> String {
        let words = bytes.split(separator: ASCII.space, omittingEmptySubsequences: false)
        // Judged whole, before the bound could cut a credential to a harmless length.
        let shown = words.map { word in
            let isSecret = ["eyJ", "hf_", "oauth_app_secret_"].contains { word.contains($0.utf8) } || word.count > 100
            return isSecret ? ArraySlice("[redacted]".utf8) : word
        }
        return String(decoding: Array(shown.joined(separator: [ASCII.space])).prefix(300), as: UTF8.self)
    }

    /// The Hub gave up on asking the issuer for its keys, and says so with the code of a refusal.
    ///
    /// <https://github.com/huggingface/hub-docs/issues/2757>
    package var isAborted: Bool {
        error.utf8.elementsEqual("invalid_grant".utf8)
            && description?.utf8.elementsEqual("This operation was aborted".utf8) == true
    }

    package var sentence: String {
        description.map { "\(error): \($0)" } ?? error
    }
}

extension ArraySlice where Element == UInt8 {
    fileprivate func contains(_ needle: String.UTF8View) -> Bool {
        guard count >= needle.count else { return false }
        return (startIndex...(endIndex - needle.count)).contains { self[$0...].starts(with: needle) }
    }
}
