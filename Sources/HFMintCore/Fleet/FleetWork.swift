/// What is needed to write to the Spaces and endpoints of a plan: its changes, the values, and the servers.
///
/// Everything that can be missing here is read when it is made, before the first write.
struct FleetWork: Sendable {
    let plan: FleetPlan
    let definition: FleetDefinition
    let options: FleetApply.Options
    let record: FleetRecord
    let secrets: FleetSecrets
    let proofs: FleetProofs
    let access: HubAccess
    let reader: FleetReader
    private let changes: [String: [PlannedChange]]

    /// - Throws: ``MintError/Code/stateUnusable`` if a secret, the key or the credential cannot be read;
    ///   ``MintError/Code/manifestInvalid`` if there is no credential that may write.
    init(
        _ plan: FleetPlan, _ fleet: FleetDefinition, _ options: FleetApply.Options, _ record: FleetRecord,
        _ context: Context
    ) throws(MintError) {
        self.plan = plan
        definition = fleet
        self.options = options
        self.record = record
        let token = try Self.token(fleet, context)
        access = HubAccess(plan.endpoint, endpointsURL: plan.endpointsURL, token: token, in: context)
        reader = FleetReader(fleet, access)
        changes = Dictionary(grouping: plan.changes.filter { options.prunes || $0.verb == .set }, by: \.resource)
        let wanted = Self.wanted(changes, fleet)
        secrets = FleetSecrets(wanted, in: context)
        try secrets.check()
        proofs = try FleetProofs(fleet, record, wanted, secrets, context)
    }

    func changes(of resource: String) -> [PlannedChange] { changes[resource] ?? [] }

    /// Returns what writes to a resource, or nil if the manifest does not have it.
    func target(_ resource: String, _ changes: [PlannedChange]) -> (any FleetTarget)? {
        if let space = definition.spaces.first(where: { $0.resource.canonical == resource }) {
            return SpaceWriter(space, changes, self)
        }
        return definition.endpoints.first { $0.resource == resource }.map { EndpointWriter($0, changes, self) }
    }

    /// Returns what has moved of a Space since the plan was made, or nil.
    func moved(_ space: SpaceDefinition, _ reading: SpaceReading) throws(StepFailure) -> String? {
        let differences = compare(space, reading) { proofs.proof(of: $0, of: space) }
        return try moved(space.resource.canonical, differences, of: definition.with([space], []))
    }

    /// Returns what has moved of an endpoint since the plan was made, or nil.
    func moved(_ endpoint: EndpointDefinition, _ reading: EndpointReading) throws(StepFailure) -> String? {
        let differences = compare(endpoint, reading) { proofs.proof(of: endpoint) }
        return try moved(endpoint.resource, differences, of: definition.with([], [endpoint]))
    }

    private func moved(
        _ resource: String, _ differences: [Difference], of part: FleetDefinition
    ) throws(StepFailure) -> String? {
        let planned = plan.changes.filter { $0.resource == resource }
        let deletes = planned.contains { $0.verb == .delete }
        // What is not written may differ. Less is known of it here, such as of a secret whose value was not read.
        let paths = Set(planned.map(\.path))
        let differences = differences.filter { paths.contains($0.path) || $0.verdict == .unreadable }
        do throws(MintError) {
            let fresh = try FleetPlan(
                differences, of: part, on: plan.endpoint, app: plan.app, pruning: deletes ? .max : nil,
                at: plan.createdAt)
            let moved = plan.with(planned).staleness(against: fresh)
            return moved.isEmpty ? nil : "it moved since the plan was made: " + moved.joined(separator: "; ")
        } catch {
            throw StepFailure(.refused, error.message)
        }
    }

    private static func token(_ fleet: FleetDefinition, _ context: Context) throws(MintError) -> SharedSecret {
        guard let reference = fleet.apply, let token = try fleet.credential(reference, in: context) else {
            throw MintError(
                .manifestInvalid, "'fleet.credentials.apply' is missing, and nothing was written",
                hint: "the token that a job gets by hfmint exchange can change no setting of a Space: name one that can"
            )
        }
        guard token.secret.reveal({ HubToken.Kind(in: $0) }) != .repository else {
            throw MintError(
                .stateUnusable, "\(reference.source) holds a token of Trusted Publishers, and nothing was written",
                hint:
                    "it can commit to one repository, and change no setting: fleet.credentials.apply needs another"
            )
        }
        return token
    }

    /// Returns the secrets whose values are needed: those that change; of an endpoint all, which are one map.
    private static func wanted(
        _ changes: [String: [PlannedChange]], _ fleet: FleetDefinition
    ) -> [(resource: String, secrets: [SecretDefinition])] {
        let ofSpaces = fleet.spaces.map { space in
            let resource = space.resource.canonical
            let names = (changes[resource] ?? []).filter { $0.verb == .set && $0.part == "secrets" }.map(\.member)
            return (resource: resource, secrets: space.secrets.filter { names.contains($0.name) })
        }
        let ofEndpoints = fleet.endpoints.map { endpoint in
            let isWanted = (changes[endpoint.resource] ?? []).contains { $0.part == EndpointDefinition.secretsPath }
            return (resource: endpoint.resource, secrets: isWanted ? endpoint.writtenSecrets : [])
        }
        return (ofSpaces + ofEndpoints).filter { !$0.secrets.isEmpty }
    }
}

extension PlannedChange {
    /// What its path begins with: `secrets` of `secrets.KEY`; the whole path if it names one thing.
    var part: String { path.utf8.firstIndex(of: ASCII.dot).map { String(path[..<$0]) } ?? path }

    /// What follows that: `KEY`, which may have dots itself; empty if nothing does.
    var member: String {
        path.utf8.firstIndex(of: ASCII.dot).map { String(path[path.utf8.index(after: $0)...]) } ?? ""
    }
}

extension FleetPlan {
    /// Returns the plan with these changes alone.
    fileprivate func with(_ changes: [PlannedChange]) -> FleetPlan {
        FleetPlan(
            createdAt: createdAt, endpoint: endpoint, endpointsURL: endpointsURL, organization: organization, app: app,
            pruning: pruning, manifestDigest: manifestDigest, changes: changes, waves: waves, unreadable: unreadable,
            refused: refused)
    }
}

extension FleetDefinition {
    /// Returns the definition with these Spaces and endpoints alone.
    fileprivate func with(_ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition]) -> FleetDefinition {
        FleetDefinition(
            organization: organization, spaces: spaces, endpoints: endpoints, read: read, apply: apply, admin: admin,
            key: key, folder: folder, maxUnavailable: maxUnavailable, settle: settle, window: window,
            maxDeletes: maxDeletes, endpointsURL: endpointsURL, digest: digest)
    }
}
