extension HubToken {
    /// Returns the expiry that a repository's token claims: behind its prefix, the token is a JWT.
    ///
    /// It serves messages alone, as the Hub does not document the form.
    package static func claimedExpiry(of token: borrowing Secret) -> Timestamp? {
        token.reveal { text in
            let prefix = Kind.repository.rawValue
            guard text.count > prefix.utf8.count, text.equals(prefix, in: 0..<prefix.utf8.count) else { return nil }
            let jwt = Secret(copying: text.extracting(prefix.utf8.count...))
            return try? IDToken.parse(jwt).claims.expiresAt
        }
    }
}
