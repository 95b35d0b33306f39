/// Makes roles and grants of a manifest whose shape is checked, and finds the mistakes that shapes cannot express.
struct PolicyReader {
    private let document: ManifestDocument
    /// The policy that an app must not exceed, or nil for the root manifest.
    private let parent: Policy?
    private var issues: [ManifestIssue] = []
    /// The patterns of the parent's roles, by name, cached when first needed.
    private var parentPatterns: [[UInt8]: Set<ResourcePattern>] = [:]
    /// The issuers and the names of claims, which are the same in most grants.
    private var sharedTexts: Set<[UInt8]> = []

    /// Returns the policy of `document`.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with all mistakes.
    static func policy(
        of document: ManifestDocument, below parent: Policy? = nil, digest: String
    ) throws(MintError) -> Policy {
        var reader = PolicyReader(document: document, parent: parent)
        let roles = reader.roles()
        let grants = reader.grants(of: roles)
        if parent == nil { reader.checkApps() }
        try document.refuse(reader.issues)
        return Policy(manifest: document.path, digest: digest, roles: roles, grants: grants)
    }

    /// Notes a mistake; builds its words only for the first hundred, which are reported.
    private mutating func complain(_ complaint: @autoclosure () -> String, _ path: String, _ node: ManifestNode) {
        guard issues.count < 100 else { return }
        issues.append(document.issue(complaint(), path, node))
    }

    // MARK: roles

    private mutating func roles() -> [Role] {
        var roles: [Role] = []
        for (name, node) in document.root["roles"]?.members ?? [] {
            let path = "roles.\(name)"
            let patterns = node["resources"]?.elements.compactMap { $0.string.flatMap(ResourcePattern.init(parsing:)) }
            let access = node["access"]?.string.flatMap(Access.init(rawValue:))
            if let extends = node["extends"]?.string {
                let role = narrowed(name, of: extends, to: access, patterns, at: path, node)
                if let role { roles.append(role) }
            } else {
                let power = patterns.map { Role.Power.resources($0) } ?? member(node)
                guard let power, let access else { continue }
                roles.append(
                    Role(name: name, access: access, power: power, extends: nil, place: document.place(path, node)))
            }
        }
        return roles
    }

    private func member(_ node: ManifestNode) -> Role.Power? {
        guard let email = node["member"]?.string,
            let id = node["client"]?["id"].flatMap(SecretReference.init),
            let secret = node["client"]?["secret"].flatMap(SecretReference.init)
        else { return nil }
        return .member(
            Role.Member(email: email, clientID: id, clientSecret: secret, folder: document.folder))
    }

    /// Returns the app's role, checked to have no more than the parent's role `extends`.
    private mutating func narrowed(
        _ name: String, of extends: String, to access: Access?, _ patterns: [ResourcePattern]?, at path: String,
        _ node: ManifestNode
    ) -> Role? {
        guard let wide = parent?.role(extends) else {
            complain("extends '\(extends)', which is no role of the parent", "\(path).extends", node)
            return nil
        }
        let access = access ?? wide.access
        if access > wide.access {
            complain("is more than the parent's '\(extends)' has (\(wide.access.rawValue))", "\(path).access", node)
        }
        var power = wide.power
        if let patterns {
            if wide.member != nil {
                complain("cannot be: the parent's '\(extends)' is a member's", "\(path).resources", node)
            } else {
                let allowed = self.patterns(ofParentRole: wide)
                for (index, pattern) in patterns.enumerated()
                where !allowed.contains(pattern) && !allowed.contains(pattern.ofEveryName) {
                    complain(
                        "is '\(pattern.text)', which the parent's '\(extends)' does not cover",
                        "\(path).resources[\(index)]",
                        node)
                }
                power = .resources(patterns)
            }
        }
        return Role(name: name, access: access, power: power, extends: extends, place: document.place(path, node))
    }

    private mutating func patterns(ofParentRole role: Role) -> Set<ResourcePattern> {
        let name = Array(role.name.utf8)
        if let known = parentPatterns[name] { return known }
        let patterns = Set(role.patterns)
        parentPatterns[name] = patterns
        return patterns
    }

    // MARK: grants

    private mutating func grants(of roles: [Role]) -> [Grant] {
        let known = Dictionary(roles.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        let roleNames = roles.map(\.name)
        var names: Set<[UInt8]> = []
        var grants: [Grant] = []
        for (index, node) in (document.root["grants"]?.elements ?? []).enumerated() {
            let path = "grants[\(index)]"
            guard let grant = grant(node, path) else { continue }
            if let name = grant.name, !names.insert(Array(name.utf8)).inserted {
                complain("is the name of an earlier grant: '\(name)'", "\(path).name", node)
            }
            guard let role = known[Array(grant.role.utf8)] else {
                complain(Self.noRole(grant.role, among: roleNames), "\(path).role", node)
                continue
            }
            if let parent { checkNarrow(grant, role, below: parent, path, node) }
            grants.append(grant)
        }
        return grants
    }

    private static func noRole(_ name: String, among names: [String]) -> String {
        "is no role here: '\(name)'\(didYouMean(name, among: names).map { "; \($0)" } ?? "")"
    }

    /// Returns `text` in memory that all grants share.
    private mutating func shared(_ text: [UInt8]) -> [UInt8] { sharedTexts.insert(text).memberAfterInsert }

    private mutating func grant(_ node: ManifestNode, _ path: String) -> Grant? {
        guard let role = node["role"]?.string, let identity = node["identity"],
            let issuer = identity["issuer"]?.bytesOfString
        else { return nil }
        var claims: [Grant.Claim] = []
        if let environment = node["environment"]?.bytesOfString {
            claims.append(Grant.Claim(name: shared(Array("environment".utf8)), value: environment))
        }
        let members = identity["claims"]?.json.members ?? []
        claims.reserveCapacity(claims.count + members.count)
        for member in members {
            guard let value = document.root.text.string(member.node) else { continue }
            claims.append(Grant.Claim(name: shared(member.name), value: value))
        }
        return Grant(
            place: document.place(path, node), name: node["name"]?.string, role: role, issuer: shared(issuer),
            claims: claims,
            extends: node["extends"]?.string, mode: node["mode"]?.string.flatMap(EnforcementMode.init(rawValue:)))
    }

    /// Checks that an app's grant has the issuer and all claims of the parent's grant, and gives a narrowed role of it.
    private mutating func checkNarrow(
        _ grant: Grant, _ role: Role, below parent: Policy, _ path: String, _ node: ManifestNode
    ) {
        let name = grant.extends ?? ""
        guard let wide = parent.grant(named: name) else {
            return complain("extends '\(name)', which is no grant of the parent", "\(path).extends", node)
        }
        if let extended = role.extends, !extended.utf8.elementsEqual(wide.role.utf8) {
            complain(
                "gives '\(role.name)', which extends '\(extended)', but the parent's '\(name)' gives '\(wide.role)'",
                "\(path).role", node)
        }
        if grant.issuer != wide.issuer {
            complain("is not the issuer of the parent's '\(name)'", "\(path).identity.issuer", node)
        }
        for claim in wide.claims where !grant.claims.contains(claim) {
            complain("lacks a claim of the parent's '\(name)': \(claim.text)", "\(path).identity.claims", node)
        }
    }

    // MARK: apps

    private mutating func checkApps() {
        var paths: Set<[UInt8]> = []
        for (index, node) in (document.root["apps"]?.elements ?? []).enumerated() {
            let path = document.resolved(node.string ?? "")
            if !paths.insert(Array(path.utf8)).inserted { complain("is listed twice", "apps[\(index)]", node) }
        }
    }
}

extension ManifestNode {
    fileprivate var bytesOfString: [UInt8]? { text.string(json) }
}
