extension HubToken {
    /// When a repository's token says that it expires: it is a JWT behind its prefix.
    ///
    /// For messages alone: the Hub does not document the form.
    package static func claimedExpiry(of token: borrowing Secret) -> Timestamp? {
        token.reveal { text in
            let prefix = Kind.repository.rawValue
            guard text.count > prefix.utf8.count, text.equals(prefix, in: 0..<prefix.utf8.count) else { return nil }
            let jwt = Secret(copying: text.extracting(prefix.utf8.count...))
            return try? IDToken.parse(jwt).claims.expiresAt
        }
    }
}
