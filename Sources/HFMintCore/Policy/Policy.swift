/// Who may become what: the roles and grants of a manifest, ready to decide.
///
/// It is a seat belt and a record, not a wall: a job could call the Hub itself, where the Trusted Publisher is the
/// wall.
package struct Policy: Sendable {
    /// The manifest's path, as it was named.
    package let manifest: String
    /// Names the manifest and its parent as they were read: nothing that was cached under another is served.
    ///
    /// It proves nothing: every cached token is decided upon again.
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
        let named = grants.enumerated().compactMap { place, grant in grant.name.map { (Array($0.utf8), place) } }
        grantIndex = Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    package func role(_ name: String) -> Role? { roleIndex[Array(name.utf8)].map { roles[$0] } }

    func place(ofRole name: String) -> Int? { roleIndex[Array(name.utf8)] }

    package func grant(named name: String) -> Grant? { grantIndex[Array(name.utf8)].map { grants[$0] } }

    /// Decides about one request, from claims that somebody else verifies: the Hub, or for members hfmint itself.
    ///
    /// The order of grants changes no answer but which grant is recorded, and which of two equally near ones is told.
    ///
    /// - Parameters:
    ///   - role: the role that was asked for; without it, the grants say which.
    ///   - resource: what the token is to open; `nil` for a member's role.
    ///   - access: what is to be done with it: the least role that allows as much is taken. `nil` where the role says
    ///     it, as for a token that may do all that the role may.
    ///   - claims: those of the ID token that will be sent.
    /// - Throws: ``MintError/Code/usage`` where there is no role of that name, or where the role and the resource do
    ///   not go together.
    package func decide(
        role name: String?, resource: Resource?, access: Access? = nil, claims: Claims
    ) throws(MintError) -> Decision {
        try checkRequest(role: name, resource: resource)
        func denied(_ reason: Decision.Reason) -> Decision {
            .denied(Decision.Denied(reason: reason, role: name, resource: resource, nearest: nil, differences: []))
        }
        let isCovering = roles.map { role in
            (name.map { $0.utf8.elementsEqual(role.name.utf8) } ?? true)
                && (resource.map { role.covers($0) } ?? (name != nil || role.member != nil))
        }
        guard isCovering.contains(true) else { return denied(.notCovered) }
        let isCandidate = zip(roles, isCovering).map { role, covers in
            covers && (access.map { role.access >= $0 } ?? true)
        }
        if let access, !isCandidate.contains(true) { return denied(.accessTooLow(access)) }
        // The first grant of each role that fits, and of those that do not the nearest.
        var matches: [Int: Int] = [:]
        var nearest: (grant: Int, distance: Int)?
        let decoded = DecodedClaims(claims)
        table.distances(to: decoded, where: isCandidate) { grant, distance in
            if distance == 0 {
                if matches[table.roles[grant]] == nil { matches[table.roles[grant]] = grant }
            } else if nearest.map({ distance < $0.distance }) ?? true {
                nearest = (grant, distance)
            }
        }
        if access != nil, let least = matches.keys.map({ roles[$0].access }).min() {
            matches = matches.filter { roles[$0.key].access == least }
        }
        guard matches.count < 2 else { return .ambiguous(roles: matches.keys.sorted().map { roles[$0].name }) }
        if let (role, grant) = matches.first {
            return .allowed(Decision.Allowed(role: roles[role], grant: grants[grant], resource: resource))
        }
        guard let grant = nearest.map({ grants[$0.grant] }) else {
            let only = isCandidate.count { $0 } == 1 ? isCandidate.firstIndex(of: true).map { roles[$0].name } : nil
            return .denied(
                Decision.Denied(
                    reason: .notGranted, role: name ?? only, resource: resource, nearest: nil, differences: []))
        }
        return .denied(
            Decision.Denied(
                reason: .otherClaims, role: grant.role, resource: resource, nearest: grant,
                differences: decoded.differences(from: grant)))
    }

    /// Every role that a grant gives to whoever has these claims, in the manifest's order.
    package func roles(grantedTo claims: Claims) -> [Role] {
        var granted: Set<Int> = []
        table.distances(to: DecodedClaims(claims), where: roles.map { _ in true }) { grant, distance in
            if distance == 0 { granted.insert(table.roles[grant]) }
        }
        return granted.sorted().map { roles[$0] }
    }

    /// What the command line alone already says, before there is an ID token.
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
                hint: "name one that it covers: \(role.patterns.prefix(20).map(\.text).joined(separator: ", "))")
        }
    }

    /// - Throws: ``MintError/Code/usage`` where there is no role of that name.
    package func requiredRole(_ name: String) throws(MintError) -> Role {
        if let role = role(name) { return role }
        let names = roles.map(\.name)
        throw .usage(
            "'\(manifest)' has no role '\(name)'",
            hint: nearestWord(to: name, among: names).map { "did you mean '\($0)'?" } ?? Self.list(names))
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "it has no roles" }
        let more = names.count > 20 ? " and \(names.count - 20) more" : ""
        return "it has \(names.prefix(20).joined(separator: ", "))\(more)"
    }
}
