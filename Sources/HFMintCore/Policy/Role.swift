/// What may be done: a name for it, and what it opens.
package struct Role: Equatable, Sendable {
    package let name: String
    /// What the token is meant for.
    ///
    /// The scopes of a ``Power/member(_:)`` follow from it. For ``Power/resources(_:)`` it is an expectation that the
    /// Hub's own setting must meet: hfmint cannot narrow such a token.
    package let access: Access
    package let power: Power
    /// The parent's role that an app's role narrows; `nil` in the root manifest.
    package let extends: String?
    /// `roles.publisher`.
    package let place: ManifestPlace

    package enum Power: Equatable, Sendable {
        /// By a Trusted Publisher of each of these.
        case resources([ResourcePattern])
        /// As a member of the organization.
        case member(Member)
    }

    /// Whom an organization's OAuth application gives tokens of, and where its credentials are.
    package struct Member: Equatable, Sendable {
        /// The member's e-mail address, as the Hub knows it.
        package let email: String
        package let clientID: SecretReference
        package let clientSecret: SecretReference
        /// The folder from which relative paths of the references count: the root manifest's.
        package let folder: String
    }

    package var patterns: [ResourcePattern] {
        if case .resources(let patterns) = power { patterns } else { [] }
    }

    package var member: Member? {
        if case .member(let member) = power { member } else { nil }
    }

    package func covers(_ resource: Resource) -> Bool { patterns.contains { $0.covers(resource) } }

    /// The resources that it names one by one, in the manifest's order.
    package var literalResources: [Resource] { patterns.compactMap(\.literal) }
}

/// How much a role may do.
package enum Access: String, CaseIterable, Comparable, Sendable {
    case read, write

    package static func < (left: Access, right: Access) -> Bool { left == .read && right == .write }
}
