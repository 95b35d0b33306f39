/// A short-lived token of the Hub.
package final class HubToken: Sendable {
    package enum Kind: String, Sendable {
        /// Bound to one repository.
        case repository = "hf_jwt_"
        /// Of a user, or of an organization's member.
        case user = "hf_oauth_"
        case unknown = "hf_"
    }

    package let secret: Secret
    package let kind: Kind
    package let expiresAt: Timestamp
    /// Of the token's bytes: the name by which logs and reports may call it.
    package let sha256: String
    /// Of the ID token that it was given for; `nil` where no manifest decided.
    package let claims: Claims?

    package init(secret: consuming Secret, expiresAt: Timestamp, sha256: String, claims: Claims? = nil) {
        kind = secret.reveal { span in
            for kind in [Kind.repository, .user] where span.count > kind.rawValue.utf8.count {
                if span.equals(kind.rawValue, in: 0..<kind.rawValue.utf8.count) { return kind }
            }
            return .unknown
        }
        self.secret = secret
        self.expiresAt = expiresAt
        self.sha256 = sha256
        self.claims = claims
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
