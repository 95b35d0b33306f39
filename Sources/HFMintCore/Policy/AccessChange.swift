/// What another version of a manifest gives and takes.
package struct AccessChange: Sendable {
    /// Nothing in the old version gave it.
    package let gained: [Line]
    /// Nothing in the new version gives it.
    package let lost: [Line]

    /// One identity, and one thing that it may have.
    package struct Line: Equatable, Sendable {
        /// The path of an app's manifest from its root's folder; `nil` for the root manifest itself.
        package let app: String?
        package let grant: String
        package let role: String
        package let access: Access
        package let opens: String
        /// Issuer first.
        package let identity: [Grant.Claim]
    }

    /// - Parameters:
    ///   - old: what was there, such as the manifest of the branch that a pull request is for.
    ///   - new: what is to be.
    package init(from old: AccessGraph, to new: AccessGraph) {
        let (before, after) = (Facts(old), Facts(new))
        gained = after.missing(in: before)
        lost = before.missing(in: after)
    }
}

/// The entitlements of a graph, ready to be searched for one that covers another.
private struct Facts {
    private let entitlements: [AccessGraph.Entitlement]
    private let apps: [String?]
    private let sets: [[Grant.Claim]]
    private let index: ClaimIndex

    init(_ graph: AccessGraph) {
        let folder = graph.policies.first.map { FilePath($0.manifest).folder } ?? "."
        apps = graph.policies.enumerated().map { place, policy in
            place == 0 ? nil : FilePath(policy.manifest).relative(to: folder)
        }
        entitlements = graph.entitlements
        let apps = apps
        // What the app and the kind of thing are is one more claim each: neither is ever compared with another's.
        sets = entitlements.map { fact in
            fact.grant.identity + [
                Grant.Claim(name: [0], value: Array((apps[fact.policy] ?? "").utf8)),
                Grant.Claim(name: [1], value: Array(fact.opens.group.utf8)),
            ]
        }
        index = ClaimIndex(sets)
    }

    func missing(in other: Facts) -> [AccessChange.Line] {
        entitlements.enumerated().compactMap { place, fact in
            let isCovered = other.index.firstSubset(of: sets[place]) { candidate in
                let wide = other.entitlements[candidate]
                return wide.opens.covers(fact.opens) && wide.role.access >= fact.role.access
            }
            guard isCovered == nil else { return nil }
            return AccessChange.Line(
                app: apps[fact.policy], grant: fact.grant.label, role: fact.role.name, access: fact.role.access,
                opens: fact.opens.text, identity: fact.grant.identity)
        }
    }
}

extension AccessGraph.Opened {
    /// What two of them must have in common for one to cover the other.
    fileprivate var group: String {
        switch self {
        case .pattern(let pattern): "\(pattern.kind.rawValue) \(pattern.namespace)"
        case .member(let email): "member \(email)"
        }
    }
}
