/// A role: a name, and what its token opens.
package struct Role: Equatable, Sendable {
    package let name: String
    /// The access that the token is meant for.
    ///
    /// It decides the scopes of a ``Power/member(_:)``. hfmint cannot narrow a token for ``Power/resources(_:)``: there
    /// the Hub's own setting decides.
    package let access: Access
    package let power: Power
    /// The parent's role that an app's role narrows, or nil in the root manifest.
    package let extends: String?
    /// The role's place in its manifest, such as `roles.publisher`.
    package let place: ManifestPlace

    package enum Power: Equatable, Sendable {
        /// Tokens for these resources, each by a Trusted Publisher.
        case resources([ResourcePattern])
        /// Tokens of a member of the organization.
        case member(Member)
    }

    /// A member of an organization, and the credentials of the OAuth application that asks for its tokens.
    package struct Member: Hashable, Sendable {
        /// The member's e-mail address, as the Hub knows it.
        package let email: String
        package let clientID: SecretReference
        package let clientSecret: SecretReference
        /// The root manifest's folder, from which relative paths of the references count.
        package let folder: String
    }

    package var patterns: [ResourcePattern] {
        if case .resources(let patterns) = power { patterns } else { [] }
    }

    package var member: Member? {
        if case .member(let member) = power { member } else { nil }
    }

    package func covers(_ resource: Resource) -> Bool { patterns.contains { $0.covers(resource) } }

    /// The resources that the role names one by one, in the manifest's order.
    package var literalResources: [Resource] { patterns.compactMap(\.literal) }
}

/// How much a role may do, each case more than the one before it.
package enum Access: String, CaseIterable, Comparable, Sendable {
    case read, write
    /// Changes a repository's settings, secrets and hardware, and destroys what no later write brings back.
    case admin

    package static func < (left: Access, right: Access) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }

    /// What is done, as a verb for messages.
    package var verb: String {
        switch self {
        case .read, .write: rawValue
        case .admin: "administer"
        }
    }
}
