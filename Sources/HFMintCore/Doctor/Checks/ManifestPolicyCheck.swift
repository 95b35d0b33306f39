extension Check {
    static let manifest = Check(
        id: "manifest", title: "whether the manifest lets this job have what it asks for, and no more than it expects"
    ) { examination in
        guard let named = examination.question.gate else {
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

    /// Returns the resources that an exchange without a named resource would ask for; a member's role has none.
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

    /// Reports the roles that the manifest grants to these claims.
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

    /// Warns if the Hub gives the role other access than the manifest means; only the Hub can change that.
    private static func accessFinding(_ role: Role, _ examination: Examination) -> [Finding] {
        guard let token = examination.triedToken, let write = token.write else { return [] }
        let settings = examination.settingsURL ?? "the Hub"
        switch role.access {
        case .read where write.isTaken:
            return [
                .warn(
                    "the role '\(role.name)' is meant to read, and the Hub gives this job write access",
                    next: "set the Trusted Publisher to read-only at \(settings)")
            ]
        case .write where token.read.isTaken && write.isRefused, .admin where token.read.isTaken && write.isRefused:
            return [
                .warn(
                    "the role '\(role.name)' is meant to \(role.access.verb), and the Hub lets this job read alone",
                    next: "give the Trusted Publisher write access at \(settings)")
            ]
        default: return []
        }
    }
}
