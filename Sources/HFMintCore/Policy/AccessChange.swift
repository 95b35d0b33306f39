/// The difference between two versions of a manifest.
package struct AccessChange: Sendable {
    /// What only the new version gives.
    package let gained: [Line]
    /// What only the old version gave.
    package let lost: [Line]

    /// One identity, and one thing that it may have.
    package struct Line: Equatable, Sendable {
        /// The path of an app's manifest, relative to the root manifest's folder; nil for the root manifest itself.
        package let app: String?
        package let grant: String
        package let role: String
        package let access: Access
        package let opens: String
        /// The claims that an ID token must have, the issuer first.
        package let identity: [Grant.Claim]
    }

    /// Compares two versions.
    ///
    /// - Parameters:
    ///   - old: the present version, such as the manifest of a pull request's base branch.
    ///   - new: the proposed version.
    package init(from old: AccessGraph, to new: AccessGraph) {
        let (before, after) = (IndexedEntitlements(old), IndexedEntitlements(new))
        gained = after.missing(in: before)
        lost = before.missing(in: after)
    }
}

/// The entitlements of a graph, indexed to find one that covers another.
private struct IndexedEntitlements {
    private let entitlements: [AccessGraph.Entitlement]
    private let apps: [String?]
    private let sets: [[Grant.Claim]]
    private let index: ClaimIndex

    init(_ graph: AccessGraph) {
        let folder = graph.policies.first.map { FilePath($0.manifest).folder } ?? "."
        apps = graph.policies.enumerated().map { index, policy in
            index == 0 ? nil : FilePath(policy.manifest).relative(to: folder)
        }
        entitlements = graph.entitlements
        let apps = apps
        // The app and the group count as claims, so that only entitlements with the same two are compared.
        sets = entitlements.map { entitlement in
            entitlement.grant.identity + [
                Grant.Claim(name: [0], value: Array((apps[entitlement.policy] ?? "").utf8)),
                Grant.Claim(name: [1], value: Array(entitlement.opens.group.utf8)),
            ]
        }
        index = ClaimIndex(sets)
    }

    func missing(in other: IndexedEntitlements) -> [AccessChange.Line] {
        entitlements.enumerated().compactMap { index, entitlement in
            let (role, grant) = (entitlement.role, entitlement.grant)
            let wider = other.index.firstSubset(of: sets[index]) { candidate in
                let wide = other.entitlements[candidate]
                return wide.opens.covers(entitlement.opens) && wide.role.access >= role.access
            }
            guard wider == nil else { return nil }
            return AccessChange.Line(
                app: apps[entitlement.policy], grant: grant.label, role: role.name, access: role.access,
                opens: entitlement.opens.text, identity: grant.identity)
        }
    }
}

extension AccessGraph.Opened {
    /// The kind and the namespace, or the member: only an entitlement of the same group can cover this one.
    fileprivate var group: String {
        switch self {
        case .pattern(let pattern): "\(pattern.kind.rawValue) \(pattern.namespace)"
        case .member(let email): "member \(email)"
        }
    }
}
