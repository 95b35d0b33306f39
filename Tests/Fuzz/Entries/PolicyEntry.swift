internal import HFMintCore
internal import HFMintTesting

/// A manifest and the claims of an ID token, with a zero byte between them.
///
/// Whatever both say, a decision comes back, and it is one that can be defended: what is allowed is granted by a grant
/// whose issuer and claims are all there, byte by byte, to a role that covers the resource. What is told of it is one
/// line. Without the grant that counted, nothing more is allowed.
package func fuzzPolicy(_ input: [UInt8]) {
    let parts = fields(input)
    guard parts.count == 2 else { return }
    let machine = FakeMachine(files: MemoryFiles(["/m.json5": text(parts[0])]))
    let policy: Policy
    do throws(MintError) {
        policy = try Manifest(at: "/m.json5", in: machine.context.machine).policy()
    } catch {
        hold(error.code == .manifestInvalid, "a manifest that cannot be used is a mistake of its author's")
        hold(error.details.count <= 100, "mistakes are bounded")
        return
    }
    _ = AccessGraph(policies: [policy]).concerns
    guard let claims = (try? JSONText(parts[1])).map({ Claims($0) }) else { return }
    for name in ["acme/model", "datasets/acme/data", "acme-bot"] {
        guard let resource = try? Resource(parsing: name, endpoint: .huggingFace) else { continue }
        check(policy, resource, claims)
    }
}

private func check(_ policy: Policy, _ resource: Resource, _ claims: Claims) {
    guard let decision = try? policy.decide(role: nil, resource: resource, claims: claims) else {
        return hold(false, "without a role there is always a decision")
    }
    switch decision {
    case .allowed(let allowed):
        let (role, grant) = (allowed.role, allowed.grant)
        hold(role.covers(resource), "the role covers the resource")
        hold(same(grant.role, role.name), "the grant gives that role")
        hold(!grant.claims.isEmpty, "a grant wants something")
        for claim in grant.identity where !claim.name.equals("aud") {
            hold(claims.equals(text(claim.name), text(claim.value)), "each claim is there, byte by byte")
        }
        let fewer = Policy(
            manifest: policy.manifest, digest: policy.digest, roles: policy.roles,
            grants: policy.grants.filter { $0 != grant })
        if case .allowed(let other)? = try? fewer.decide(role: nil, resource: resource, claims: claims) {
            hold(same(other.role.name, role.name), "to remove a grant never widens")
        }
    case .ambiguous(let roles): hold(roles.count > 1, "several roles are several")
    case .denied(let denied): hold(denied.differences.count <= 65, "differences are bounded")
    }
}
