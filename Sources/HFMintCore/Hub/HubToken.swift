/// A short-lived token of the Hub.
package final class HubToken: Sendable {
    package enum Kind: String, Sendable {
        /// Bound to one repository.
        case repository = "hf_jwt_"
        /// Of a user, or of an organization's member.
        case user = "hf_oauth_"
        case unknown = "hf_"

        /// What begins at `start`, if it is a token that the Hub gives for an ID token.
        package init?(in text: Span<UInt8>, at start: Int = 0) {
            let found = [Kind.repository, .user].first { kind in
                let end = start + kind.rawValue.utf8.count
                return end < text.count && text.equals(kind.rawValue, in: start..<end)
            }
            guard let found else { return nil }
            self = found
        }
    }

    /// Its bytes, which ``isWellFormed(_:)`` has allowed.
    package let bearer: BearerToken
    package let kind: Kind
    package let expiresAt: Timestamp
    /// Of the token's bytes: the name by which logs and reports may call it.
    package let sha256: String
    /// The claims of the ID token that it was given for; `nil` where no manifest decided.
    package let claimsText: JSONText?
    /// The Hub's name for the request that gave it; `nil` where it has none, or the token was kept.
    package let requestID: String?

    package init(
        secret: consuming Secret, expiresAt: Timestamp, sha256: String, claimsText: JSONText? = nil,
        requestID: String? = nil
    ) {
        kind = secret.reveal { Kind(in: $0) ?? .unknown }
        bearer = BearerToken(secret)
        self.expiresAt = expiresAt
        self.sha256 = sha256
        self.claimsText = claimsText
        self.requestID = requestID
    }
}

extension HubToken {
    /// Whether `text` is `hf_` and 8 to 16,384 bytes of a bearer token (RFC 6750, 2.1), so that no delivery can be
    /// led astray by it: no space, no line break, no quote.
    package static func isWellFormed(_ text: Span<UInt8>) -> Bool {
        guard (11...16_387).contains(text.count), text.equals("hf_", in: 0..<3) else { return false }
        for index in 3..<text.count where !(text[index].isASCIILetterOrDigit || "._~+/=-".utf8.contains(text[index])) {
            return false
        }
        return true
    }
}
