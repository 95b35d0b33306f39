extension Check {
    static let subject = Check.ofClaims(
        id: "subject", title: "whether `sub` names the repository by name or by number"
    ) { claims, _ in
        guard let subject = claims["sub"] else {
            return .warn(
                "the ID token has no `sub`", next: "ask the issuer: every ID token must have one (OpenID Connect)")
        }
        return switch claims.meaning.subject?.form({ claims[$0] }) {
        case .numbered: .ok("names the repository with its numbers, which no rename changes: \(subject)")
        case .named: .ok("names the repository by its name, which a rename changes: \(subject)")
        case .custom: .ok(subject)
        case nil: .skip("`sub` of this provider names no repository")
        }
    }
}
