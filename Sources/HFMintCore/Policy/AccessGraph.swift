/// All that a manifest and the manifests of its apps grant.
package struct AccessGraph: Sendable {
    /// The policy of the named manifest, then those of its apps in their order.
    package let policies: [Policy]

    package init(policies: [Policy]) {
        self.policies = policies
    }

    /// One thing that one identity may have.
    package struct Entitlement: Sendable {
        /// The index of its policy in ``AccessGraph/policies``.
        package let policy: Int
        package let grant: Grant
        package let role: Role
        package let opens: Opened
    }

    /// What a role opens: one resource or many, or all that a member may do.
    package enum Opened: Equatable, Sendable {
        case pattern(ResourcePattern)
        case member(String)

        package var text: String {
            switch self {
            case .pattern(let pattern): pattern.text
            case .member(let email): "as \(email)"
            }
        }

        func covers(_ other: Opened) -> Bool {
            switch (self, other) {
            case (.pattern(let wide), .pattern(let narrow)): wide.covers(narrow)
            case (.member(let one), .member(let another)): one.utf8.elementsEqual(another.utf8)
            default: false
            }
        }
    }

    /// The most bytes of all ``entitlements`` together.
    ///
    /// There is one for each grant and each thing that its role opens, so that a short manifest can have very many.
    private static let listedByteLimit = 32 << 20

    /// Returns the graph itself if its ``entitlements`` fit into memory.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` if they are too many to list; decisions still work then.
    package func listable() throws(MintError) -> AccessGraph {
        var (count, byteCount) = (0, 0)
        for policy in policies {
            let opened = policy.roles.map { role in
                (count: role.opened.count, bytes: role.opened.map { $0.text.utf8.count + 32 }.reduce(0, +))
            }
            for grant in policy.grants {
                guard let index = policy.index(ofRole: grant.role) else { continue }
                let identity = grant.identity.map { $0.name.count + $0.value.count + 2 }.reduce(0, +)
                count += opened[index].count
                byteCount += opened[index].count * identity + opened[index].bytes
            }
        }
        guard byteCount > Self.listedByteLimit else { return self }
        throw MintError(
            .manifestInvalid,
            "'\(policies.first?.manifest ?? "")' gives so much that it cannot be listed: \(count) lines",
            hint:
                "name one of its apps, let roles open datasets/owner/* instead of each, or make several manifests of it"
        )
    }

    /// The entitlements of each grant, in the manifests' order.
    package var entitlements: [Entitlement] {
        policies.enumerated().flatMap { index, policy in
            policy.grants.flatMap { grant -> [Entitlement] in
                guard let role = policy.role(grant.role) else { return [] }
                return role.opened.map { Entitlement(policy: index, grant: grant, role: role, opens: $0) }
            }
        }
    }
}

extension Role {
    package var opened: [AccessGraph.Opened] {
        switch power {
        case .resources(let patterns): patterns.map { .pattern($0) }
        case .member(let member): [.member(member.email)]
        }
    }
}

extension Grant {
    /// The claims that an ID token must have, the issuer first.
    package var identity: [Claim] { [Claim(name: DecodedClaims.issuerName, value: issuer)] + claims }
}

extension Grant.Claim {
    /// `ref=refs/heads/main`, not yet escaped.
    package var text: String {
        "\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))"
    }
}
