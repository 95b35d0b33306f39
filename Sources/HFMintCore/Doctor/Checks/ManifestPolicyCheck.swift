extension Check {
    static let manifest = Check(
        id: "manifest", title: "whether the manifest lets this job have what it asks for, and no more than it expects"
    ) { examination in
        guard let named = examination.gate else {
            return [.skip("no manifest was named: --manifest hfmint.json5 says who may become what")]
        }
        let gate: Gate
        switch named {
        case .success(let found): gate = found
        case .failure(let error): return [.fail(error, next: "mend it: `hfmint manifest check` names each mistake")]
        }
        guard let claims = examination.knownClaims else { return [.skip("there is no ID token to look at")] }
        let resources: [Resource]
        do throws(MintError) {
            resources = if let resource = examination.resource { [resource] } else { try unnamed(gate, examination) }
        } catch {
            return [.fail(error, next: "name a resource: hfmint doctor acme/model")]
        }
        guard !resources.isEmpty else { return [rolesOf(claims, gate)] }
        return resources.flatMap { findings(of: $0, gate, claims, examination) }
    }

    /// What an exchange would ask for that names no resource; a member's role takes none.
    private static func unnamed(_ gate: Gate, _ examination: Examination) throws(MintError) -> [Resource] {
        guard try gate.member() == nil else { return [] }
        return try TokenRequest.unnamed(
            gate, in: examination.context.environment, endpoint: examination.endpoint ?? .huggingFace
        ).compactMap(\.resource)
    }

    private static func findings(
        of resource: Resource, _ gate: Gate, _ claims: Claims, _ examination: Examination
    ) -> [Finding] {
        do throws(MintError) {
            let allowed = try gate.admit(claims, to: resource)
            return [granted(allowed, resource)] + accessFinding(allowed.role, examination)
        } catch {
            return [.fail(error, next: "see who may have what: `hfmint manifest explain`")]
        }
    }

    private static func granted(_ allowed: Decision.Allowed, _ resource: Resource) -> Finding {
        let place = allowed.grant.place
        return .ok(
            "\(allowed.grant.label) in line \(place.line) of '\(place.file)' gives the role '\(allowed.role.name)' for"
                + " \(resource.canonical)",
            facts: [.init("role", allowed.role.name), .init("grant", place.path), .init("manifest", place.file)])
    }

    /// Without a resource: which roles the claims would do for.
    private static func rolesOf(_ claims: Claims, _ gate: Gate) -> Finding {
        let roles = gate.policy.roles(grantedTo: claims).map(\.name)
        guard !roles.isEmpty else {
            return .fail(
                "no grant of '\(gate.policy.manifest)' fits this job",
                next: "name a resource, to see which claim differs: hfmint doctor acme/model")
        }
        return .ok(
            "this job may take \(roles.count == 1 ? "the role" : "one of the roles") \(roles.joined(separator: ", "))")
    }

    /// What a role of resources may do is set at the Hub; hfmint cannot narrow it, and says so where it is wider.
    private static func accessFinding(_ role: Role, _ examination: Examination) -> [Finding] {
        guard case .granted(_, _, _, let read, let write) = examination.exchange, let write else { return [] }
        switch role.access {
        case .read where write.isTaken:
            return [
                .warn(
                    "the role '\(role.name)' is meant to read, and the Hub gives this job write access",
                    next: "set the Trusted Publisher to read-only at "
                        + (examination.resource?.settingsURL(on: examination.endpoint ?? .huggingFace) ?? "the Hub"))
            ]
        case .write where read.isTaken && write.isRefused:
            return [
                .warn(
                    "the role '\(role.name)' is meant to write, and the Hub lets this job read alone",
                    next: "give the Trusted Publisher write access at "
                        + (examination.resource?.settingsURL(on: examination.endpoint ?? .huggingFace) ?? "the Hub"))
            ]
        default: return []
        }
    }
}
