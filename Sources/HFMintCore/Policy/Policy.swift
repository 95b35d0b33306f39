/// The roles and grants of a manifest, ready to decide.
///
/// ``PolicyShape`` says what a manifest may contain, and ``PolicyReader`` makes a policy of it. A token's request
/// enters by the ``Gate``, which asks ``decide(role:resource:access:claims:)`` and turns a no into an error. The policy
/// compares claims with all grants at once (``GrantTable``). For people, an ``AccessGraph`` lists what a manifest and
/// its apps grant together: concerns, changes between versions, and the publishers that the Hub needs.
///
/// The room verifies no token and sends no request. It does not replace the Hub's own check: a job can call the Hub
/// without hfmint, where only the Trusted Publisher decides.
///
/// ```swift
/// switch try policy.decide(role: nil, resource: resource, claims: idToken.claims) {
/// case .allowed(let allowed): print(allowed.role.name)
/// case .denied(let denied): print(denied.reason)
/// case .ambiguous(let roles): print(roles)
/// }
/// ```
package struct Policy: Sendable {
    /// The manifest's path, as the user named it.
    package let manifest: String
    /// A fingerprint of the manifest and its parent, by which the cache finds the tokens of this policy.
    ///
    /// It need not be a proof, because the policy decides again about every cached token.
    package let digest: String
    package let roles: [Role]
    package let grants: [Grant]
    private let roleIndex: [[UInt8]: Int]
    private let table: GrantTable
    private let grantIndex: [[UInt8]: Int]

    package init(manifest: String, digest: String, roles: [Role], grants: [Grant]) {
        self.manifest = manifest
        self.digest = digest
        self.roles = roles
        self.grants = grants
        let index = Dictionary(
            roles.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        roleIndex = index
        table = GrantTable(grants, roles: index)
        let named = grants.enumerated().compactMap { index, grant in grant.name.map { (Array($0.utf8), index) } }
        grantIndex = Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    /// The issuers that grants name, each once.
    var issuers: [[UInt8]] { table.knownIssuers }

    package func role(_ name: String) -> Role? { roleIndex[Array(name.utf8)].map { roles[$0] } }

    func index(ofRole name: String) -> Int? { roleIndex[Array(name.utf8)] }

    package func grant(named name: String) -> Grant? { grantIndex[Array(name.utf8)].map { grants[$0] } }

    /// Decides about one request; the Hub verifies the claims later, or hfmint itself for a member's role.
    ///
    /// The order of grants does not change the answer. If several fit, the first is recorded; if several are equally
    /// near, a denial names the first.
    ///
    /// - Parameters:
    ///   - role: the requested role, or nil to let the grants decide.
    ///   - resource: the resource that the token opens, or nil for a member's role.
    ///   - access: the access that is needed, or nil to accept the role's. The role with the least access that suffices
    ///     is taken.
    ///   - claims: the claims of the ID token that will be sent.
    /// - Throws: ``MintError/Code/usage`` if there is no role of that name, or if it does not fit the resource.
    package func decide(
        role name: String?, resource: Resource?, access: Access? = nil, claims: Claims
    ) throws(MintError) -> Decision {
        try checkRequest(role: name, resource: resource)
        func denied(_ reason: Decision.Reason, role: String?, nearest: Grant? = nil) -> Decision {
            .denied(
                Decision.Denied(
                    reason: reason, role: role, resource: resource, nearest: nearest,
                    differences: nearest.map { DecodedClaims(claims).differences(from: $0) } ?? []))
        }
        let isCovering = roles.map { role in
            (name.map { $0.utf8.elementsEqual(role.name.utf8) } ?? true)
                && (resource.map { role.covers($0) } ?? (name != nil || role.member != nil))
        }
        guard isCovering.contains(true) else { return denied(.notCovered, role: name) }
        let isCandidate = zip(roles, isCovering).map { role, covers in
            covers && (access.map { role.access >= $0 } ?? true)
        }
        if let access, !isCandidate.contains(true) { return denied(.accessTooLow(access), role: name) }
        let found = grants(fitting: DecodedClaims(claims), where: isCandidate)
        var matches = found.byRole
        if access != nil, let least = matches.keys.map({ roles[$0].access }).min() {
            matches = matches.filter { roles[$0.key].access == least }
        }
        guard matches.count < 2 else { return .ambiguous(roles: matches.keys.sorted().map { roles[$0].name }) }
        if let (role, grant) = matches.first {
            return .allowed(Decision.Allowed(role: roles[role], grant: grants[grant], resource: resource))
        }
        guard let nearest = found.nearest else {
            let only = isCandidate.count { $0 } == 1 ? isCandidate.firstIndex(of: true).map { roles[$0].name } : nil
            return denied(.notGranted, role: name ?? only)
        }
        return denied(.otherClaims, role: nearest.role, nearest: nearest)
    }

    /// Returns the first grant of each candidate role that fits, by index, and the nearest of those that do not fit.
    func grants(
        fitting claims: DecodedClaims, where isCandidate: [Bool]
    ) -> (byRole: [Int: Int], nearest: Grant?) {
        var matches: [Int: Int] = [:]
        var nearest: (grant: Int, distance: Int)?
        table.distances(to: claims, where: isCandidate) { grant, distance in
            if distance == 0 {
                if matches[table.roles[grant]] == nil { matches[table.roles[grant]] = grant }
            } else if nearest.map({ distance < $0.distance }) ?? true {
                nearest = (grant, distance)
            }
        }
        return (matches, nearest.map { grants[$0.grant] })
    }

    /// Returns the roles that grants give to these claims, in the manifest's order.
    package func roles(grantedTo claims: Claims) -> [Role] {
        var granted: Set<Int> = []
        table.distances(to: DecodedClaims(claims), where: roles.map { _ in true }) { grant, distance in
            if distance == 0 { granted.insert(table.roles[grant]) }
        }
        return granted.sorted().map { roles[$0] }
    }

    /// Returns each of the candidate roles that grants give to these claims, with its first grant, in the manifest's
    /// order; or why there is none.
    ///
    /// Neither names a resource: the caller knows what it asks for.
    package func decide(
        among isCandidate: (Role) -> Bool, claims: Claims
    ) -> (allowed: [Decision.Allowed], denied: Decision.Denied?) {
        func denied(_ reason: Decision.Reason, nearest: Grant? = nil) -> Decision.Denied {
            Decision.Denied(
                reason: reason, role: nearest?.role, resource: nil, nearest: nearest,
                differences: nearest.map { DecodedClaims(claims).differences(from: $0) } ?? [])
        }
        let candidates = roles.map(isCandidate)
        guard candidates.contains(true) else { return ([], denied(.notCovered)) }
        let found = grants(fitting: DecodedClaims(claims), where: candidates)
        guard found.byRole.isEmpty else {
            let allowed = found.byRole.sorted { $0.key < $1.key }
            return (allowed.map { Decision.Allowed(role: roles[$0.key], grant: grants[$0.value], resource: nil) }, nil)
        }
        guard let nearest = found.nearest else { return ([], denied(.notGranted)) }
        return ([], denied(.otherClaims, nearest: nearest))
    }

    /// Checks that role and resource fit together, before there is an ID token.
    package func checkRequest(role name: String?, resource: Resource?) throws(MintError) {
        guard let name else { return }
        let role = try requiredRole(name)
        if role.member != nil, let resource {
            throw .usage(
                "the role '\(name)' is a member of the organization, and takes no resource: '\(resource.canonical)'",
                hint: "leave the resource out")
        }
        if role.member == nil, resource == nil {
            throw .usage(
                "the role '\(name)' is for resources, and none was named",
                hint: "name one that it covers: \(listed(role.patterns.map(\.text)))")
        }
    }

    /// Returns the role of this name.
    ///
    /// - Throws: ``MintError/Code/usage`` if there is none.
    package func requiredRole(_ name: String) throws(MintError) -> Role {
        if let role = role(name) { return role }
        let names = roles.map(\.name)
        throw .usage(
            "'\(manifest)' has no role '\(name)'",
            hint: didYouMean(name, among: names) ?? Self.list(names))
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "it has no roles" : "it has \(listed(names))"
    }
}
