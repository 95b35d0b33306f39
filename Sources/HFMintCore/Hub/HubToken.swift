/// A short-lived token of the Hub.
package final class HubToken: Sendable {
    package enum Kind: String, Sendable {
        /// A token for one repository.
        case repository = "hf_jwt_"
        /// A token of a user, or of an organization's member.
        case user = "hf_oauth_"
        /// A ticket of `hfmint serve`, which the Hub neither gives nor takes.
        case ticket = "hf_ticket_"
        case unknown = "hf_"

        /// Reads the kind of the token that begins at `start`; `nil` if no exchange gives such a token.
        package init?(in text: Span<UInt8>, at start: Int = 0) {
            let found = [Kind.repository, .user, .ticket].first { kind in
                let end = start + kind.rawValue.utf8.count
                return end < text.count && text.equals(kind.rawValue, in: start..<end)
            }
            guard let found else { return nil }
            self = found
        }
    }

    /// The token's bytes, which ``isWellFormed(_:)`` has checked.
    package let bearer: BearerToken
    package let kind: Kind
    package let expiresAt: Timestamp
    /// The digest of the token's bytes, by which logs and reports name the token.
    package let sha256: String
    /// The claims of the ID token that the Hub gave this token for; `nil` if no manifest decided.
    package let claimsText: JSONText?
    /// The Hub's id of the request that gave the token; `nil` if the Hub sent none, or the token comes from the cache.
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
    /// Whether `text` is `hf_` and 8 to 16,384 bytes of a bearer token (RFC 6750, 2.1).
    ///
    /// Such a text holds no space, line break or quote, so it is safe in every syntax of a delivery.
    package static func isWellFormed(_ text: Span<UInt8>) -> Bool {
        guard (11...16_387).contains(text.count), text.equals("hf_", in: 0..<3) else { return false }
        for index in 3..<text.count where !(text[index].isASCIILetterOrDigit || "._~+/=-".utf8.contains(text[index])) {
            return false
        }
        return true
    }
}
