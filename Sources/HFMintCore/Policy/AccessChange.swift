/// The difference between two versions of a manifest.
package struct AccessChange: Sendable {
    /// What the new version gives, and nothing in the old version gave.
    package let gained: [Line]
    /// What the old version gave, and nothing in the new version gives.
    package let lost: [Line]

    /// One identity, and one thing that it may have.
    package struct Line: Equatable, Sendable {
        /// The path of an app's manifest, relative to the root manifest's folder; `nil` for the root manifest itself.
        package let app: String?
        package let grant: String
        package let role: String
        package let access: Access
        package let opens: String
        /// The claims that an ID token must have, the issuer first.
        package let identity: [Grant.Claim]
    }

    /// - Parameters:
    ///   - old: the present version, such as the manifest of a pull request's base branch.
    ///   - new: the proposed version.
    package init(from old: AccessGraph, to new: AccessGraph) {
        let (before, after) = (Facts(old), Facts(new))
        gained = after.missing(in: before)
        lost = before.missing(in: after)
    }
}

/// The entitlements of a graph, indexed to find one that covers another.
private struct Facts {
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
        // The app and the group are one more claim each, so that entitlements of different ones are never compared.
        sets = entitlements.map { fact in
            fact.grant.identity + [
                Grant.Claim(name: [0], value: Array((apps[fact.policy] ?? "").utf8)),
                Grant.Claim(name: [1], value: Array(fact.opens.group.utf8)),
            ]
        }
        index = ClaimIndex(sets)
    }

    /// Returns the entitlements that nothing in `other` covers.
    func missing(in other: Facts) -> [AccessChange.Line] {
        entitlements.enumerated().compactMap { index, fact in
            let wider = other.index.firstSubset(of: sets[index]) { candidate in
                let wide = other.entitlements[candidate]
                return wide.opens.covers(fact.opens) && wide.role.access >= fact.role.access
            }
            guard wider == nil else { return nil }
            return AccessChange.Line(
                app: apps[fact.policy], grant: fact.grant.label, role: fact.role.name, access: fact.role.access,
                opens: fact.opens.text, identity: fact.grant.identity)
        }
    }
}

extension AccessGraph.Opened {
    /// The group outside of which nothing can cover this.
    fileprivate var group: String {
        switch self {
        case .pattern(let pattern): "\(pattern.kind.rawValue) \(pattern.namespace)"
        case .member(let email): "member \(email)"
        }
    }
}
