/// The gate that every fresh, cached or renewed Hub token passes: a manifest's policy, and the requested role.
package struct Gate: Sendable {
    package let policy: Policy
    /// The role of `--role`, or nil if the grants decide the role.
    package let role: String?

    package init(_ policy: Policy, role: String?) {
        self.policy = policy
        self.role = role
    }

    /// Returns the role and grant that admit a job, or throws why none does.
    ///
    /// - Parameters:
    ///   - resource: the token's resource, or nil for a member's role.
    ///   - access: the access that is needed, or nil to take the role's.
    /// - Throws: ``MintError/Code/policyDenied`` with the nearest grant; ``MintError/Code/usage`` if several roles fit,
    ///   or if role and resource do not fit together.
    package func admit(
        _ claims: Claims, to resource: Resource?, for access: Access? = nil
    ) throws(MintError) -> Decision.Allowed {
        switch try policy.decide(role: role, resource: resource, access: access, claims: claims) {
        case .allowed(let allowed): return allowed
        case .denied(let denied): throw denied.error(in: policy)
        case .ambiguous(let roles):
            throw .usage(
                "this job may take several roles: \(listed(roles))",
                hint: "say which one: --role \(roles.first ?? "ROLE")")
        }
    }
}

extension Decision.Denied {
    /// Returns the error for people, with the claims in which the nearest grant differs.
    package func error(in policy: Policy) -> MintError {
        let wanted = [resource.map { "'\($0.canonical)'" }, role.map { "the role '\($0)'" }].compactMap(\.self)
        return MintError(
            .policyDenied, "'\(policy.manifest)' does not let this job have \(wanted.joined(separator: " in "))",
            details: details(in: policy), hint: hint(in: policy))
    }

    private func details(in policy: Policy) -> [String] {
        switch reason {
        case .notCovered: return ["no role covers it"].filter { _ in role == nil } + covered(in: policy)
        case .accessTooLow(let access): return ["no role that covers it is meant to \(access.verb)"]
        case .notGranted: return ["no grant gives that role to anybody"]
        case .otherClaims:
            guard let nearest else { return [] }
            let rows = differences.map { difference in
                let wanted = String(decoding: difference.wanted, as: UTF8.self)
                return (
                    String(decoding: difference.claim, as: UTF8.self),
                    "wants '\(wanted)', and the ID token \(difference.foundForMessage)"
                )
            }
            let place = nearest.place
            return ["the nearest grant is \(nearest.label) in line \(place.line) of '\(place.file)':"]
                + columns(rows, indent: 2)
        }
    }

    private func covered(in policy: Policy) -> [String] {
        guard let role = role.flatMap({ policy.role($0) }) else { return [] }
        return ["the role '\(role.name)' covers \(listed(role.patterns.map(\.text)))"]
    }

    private func hint(in policy: Policy) -> String {
        if policy.roles.isEmpty { return "the manifest has no roles, and so grants nothing to anybody" }
        return switch reason {
        case .notCovered, .accessTooLow:
            "look at what each role covers: hfmint manifest explain --manifest \(policy.manifest)"
        case .notGranted: "add a grant to the manifest, in a change that somebody reviews"
        case .otherClaims: "run it in the job that the grant means, or change the manifest in a change that is reviewed"
        }
    }
}

extension Decision.Difference {
    /// What the ID token has instead, with the value if the claim may be shown.
    var foundForMessage: String {
        let isShown = Claims.shown.contains { claim.equals($0) }
        return switch found {
        case .missing: "has no such claim"
        case .string(let bytes) where isShown: "has '\(String(decoding: bytes, as: UTF8.self))'"
        case .string: "has another value"
        case .strings(let list): "has a list of \(list.count)"
        case .other(let text) where isShown: "has \(text), which is not a string"
        case .other, .unusable, .either: "has something that is not a string"
        }
    }
}
