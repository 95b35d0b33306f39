/// What the grants of a policy give to one identity, found once for all its requests.
package struct Entitlement: Equatable, Sendable {
    /// The roles, in the manifest's order, each with the first grant that gives it; indices of the policy.
    fileprivate let roles: [(role: Int, grant: Int)]

    /// Whether no grant gives anything to the identity.
    package var isEmpty: Bool { roles.isEmpty }

    package static func == (left: Entitlement, right: Entitlement) -> Bool {
        left.roles.elementsEqual(right.roles) { $0 == $1 }
    }
}

extension Policy {
    /// Compares `claims` with every grant.
    package func entitlement(of claims: Claims) -> Entitlement {
        let found = grants(fitting: DecodedClaims(claims), where: roles.map { _ in true }).byRole
        return Entitlement(roles: found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// Returns the role with the least access that suffices, and its grant; of several, the first of the manifest.
    ///
    /// It allows what ``decide(role:resource:access:claims:)`` allows, without a look at other grants, and never says
    /// why not.
    ///
    /// - Parameters:
    ///   - name: the only role that may be taken, or nil for any.
    ///   - entitlement: what this policy found for the identity.
    package func allowed(
        role name: String?, resource: Resource, access: Access, entitlement: Entitlement
    ) -> Decision.Allowed? {
        var least: (role: Int, grant: Int)?
        for found in entitlement.roles where roles[found.role].access >= access {
            guard name.map({ $0.utf8.elementsEqual(roles[found.role].name.utf8) }) ?? true,
                roles[found.role].covers(resource),
                least.map({ roles[found.role].access < roles[$0.role].access }) ?? true
            else { continue }
            least = found
        }
        return least.map { Decision.Allowed(role: roles[$0.role], grant: grants[$0.grant], resource: resource) }
    }

    /// Returns the roles of an entitlement, each with the first grant that gives it.
    package func grants(of entitlement: Entitlement) -> [(role: Role, grant: Grant)] {
        entitlement.roles.map { (roles[$0.role], grants[$0.grant]) }
    }
}
