extension ActionsRuntime {
    /// The forms of `sub`.
    ///
    /// GitHub puts numbers into `sub` for repositories made, renamed or moved since 15 July 2026, and Forgejo since
    /// version 15.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc>
    static let subject = ProviderClaims.Subject(
        form: { subjectForm($0) },
        remedy: { pinned, claims in
            guard subjectForm(claims) == .numbered, let repository = claims("repository"),
                pinned.hasStart("repo:\(repository):")
            else { return nil }
            return "`sub` has numbers since the repository was made, renamed or moved after 15 July 2026: enter the new"
                + " form, or pin repository_id=\(claims("repository_id") ?? "") instead of `sub`"
        })

    /// `repo:acme@123/training@456:…` and `repo:acme-123/training-456:…` have numbers, `repo:acme/training:…` has none.
    private static func subjectForm(_ claims: ProviderClaims.Lookup) -> ProviderClaims.SubjectForm? {
        guard let repository = claims("repository"), let subject = claims("sub") else { return nil }
        let parts = repository.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let (owner, id) = (claims("repository_owner_id") ?? "", claims("repository_id") ?? "")
        let numbered = ["@", "-"].map { "repo:\(parts.first ?? "")\($0)\(owner)/\(parts.last ?? "")\($0)\(id):" }
        if numbered.contains(where: { subject.hasStart($0) }) { return .numbered }
        return subject.hasStart("repo:\(repository):") ? .named : .custom
    }
}
