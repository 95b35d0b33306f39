extension Check {
    static let subject = Check.ofClaims(
        id: "subject", title: "whether `sub` names the repository by name or by number"
    ) { claims, _ in
        guard let subject = claims["sub"] else {
            return [
                .warn(
                    "the ID token has no `sub`", next: "ask the issuer: every ID token must have one (OpenID Connect)")
            ]
        }
        return switch SubjectForm(claims) {
        case .immutable: [.ok("names the repository with its numbers, which no rename changes: \(subject)")]
        case .named: [.ok("names the repository by its name, which a rename changes: \(subject)")]
        case .other: [.ok(subject)]
        case .none: [.skip("`sub` of this provider names no repository")]
        }
    }
}

/// How `sub` names the repository.
///
/// GitHub puts numbers into it for repositories made, renamed or moved since 15 July 2026, Forgejo since version 15.
/// <https://docs.github.com/actions/reference/security/oidc>
enum SubjectForm: Equatable {
    /// `repo:acme@123/training@456:…`, `repo:acme-123/training-456:…`
    case immutable
    /// `repo:acme/training:…`
    case named
    /// A form that the repository's settings made.
    case other
    /// The token is of a provider that has no such forms.
    case none

    init(_ claims: Claims) {
        guard let repository = claims["repository"], let subject = claims["sub"] else {
            self = .none
            return
        }
        let parts = repository.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let (owner, id) = (claims["repository_owner_id"] ?? "", claims["repository_id"] ?? "")
        let immutable = ["@", "-"].map { "repo:\(parts.first ?? "")\($0)\(owner)/\(parts.last ?? "")\($0)\(id):" }
        if immutable.contains(where: { subject.utf8.starts(with: $0.utf8) }) {
            self = .immutable
        } else {
            self = subject.utf8.starts(with: "repo:\(repository):".utf8) ? .named : .other
        }
    }
}
