/// What is needed to write to the Spaces and endpoints of a plan: its changes, the values, and the servers.
///
/// Everything that can be missing here is read when it is made, before the first write.
struct FleetWork: Sendable {
    let plan: FleetPlan
    let definition: FleetDefinition
    let options: FleetApply.Options
    let record: FleetRecord
    let secrets: FleetSecrets
    let access: HubAccess
    let reader: FleetReader
    /// What the manifest has, by its name.
    let resources: [String: any DeclaredResource]
    /// All that the plan has for a resource, by its name.
    private let planned: [String: [Difference]]
    /// As ``planned``, but for deletions that the user does not want.
    private let changes: [String: [Difference]]

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
        resources = Dictionary(fleet.resources.map { ($0.canonical, $0) }) { first, _ in first }
        planned = Dictionary(grouping: plan.changes, by: \.resource)
        changes = planned.mapValues { $0.filter { options.prunes || $0.step == .write } }
        let wanted = Self.wanted(changes, fleet)
        secrets = try FleetSecrets(fleet, record, wanted, in: context)
        try secrets.check()
    }

    func changes(of resource: String) -> [Difference] { changes[resource] ?? [] }

    /// Returns what writes to a resource, or nil if the manifest does not have it.
    func target(_ resource: String, _ changes: [Difference]) -> (any FleetTarget)? {
        let declared = resources[resource]
        if let space = declared as? SpaceDefinition { return SpaceWriter(space, changes, self) }
        if let endpoint = declared as? EndpointDefinition { return EndpointWriter(endpoint, changes, self) }
        return nil
    }

    /// Returns the mark of the next write of a secret.
    ///
    /// - Parameter old: the mark that is there.
    func mark(_ proof: ProofOfSecret, after old: SpaceMark?, app: String) -> SpaceMark {
        SpaceMark(
            app: app, generation: max(old?.generation ?? 0, proof.lastWrite?.generation ?? 0) + 1,
            version: proof.version, digest: proof.digest)
    }

    /// Remembers a write of a secret that its server shows.
    func note(_ mark: SpaceMark, _ updatedAt: String?, of name: String, in resource: String) throws(StepFailure) {
        let write = FleetRecord.Write(generation: mark.generation, updatedAt: updatedAt)
        do throws(FileFailure) {
            try record.note(write, of: name, in: resource)
        } catch {
            throw .unwritten(error)
        }
    }

    /// Returns what has moved of a Space since the plan was made, or nil.
    func moved(_ space: SpaceDefinition, _ reading: SpaceReading) throws(StepFailure) -> String? {
        let differences = compare(space, reading) { secrets.proof(of: $0, of: space) }
        return try moved(space.canonical, differences, of: definition.with([space], []))
    }

    /// Returns what has moved of an endpoint since the plan was made, or nil.
    func moved(_ endpoint: EndpointDefinition, _ reading: EndpointReading) throws(StepFailure) -> String? {
        let differences = compare(endpoint, reading) { secrets.proof(of: endpoint) }
        return try moved(endpoint.canonical, differences, of: definition.with([], [endpoint]))
    }

    private func moved(
        _ resource: String, _ differences: [Difference], of part: FleetDefinition
    ) throws(StepFailure) -> String? {
        if let unread = differences.first(where: { $0.verdict == .unreadable && $0.path.isEmpty }) {
            return "it cannot be read with the credential that writes: \(unread.reason)"
        }
        let planned = planned[resource] ?? []
        var earlier = plan
        earlier.changes = planned
        let deletes = planned.contains { $0.step == .prune }
        // What is not written may differ. Less is known of it here, such as of a secret whose value was not read.
        let paths = Set(planned.map(\.path))
        let differences = differences.filter { paths.contains($0.path) || $0.verdict == .unreadable }
        do throws(MintError) {
            let fresh = try FleetPlan(
                differences, of: part, on: plan.endpoint, app: plan.app, pruning: deletes ? .max : nil,
                at: plan.createdAt)
            let moved = earlier.staleness(against: fresh)
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
        _ changes: [String: [Difference]], _ fleet: FleetDefinition
    ) -> [(resource: String, secrets: [SecretDefinition])] {
        fleet.resources.map { one -> (resource: String, secrets: [SecretDefinition]) in
            let paths = (changes[one.canonical] ?? []).filter { $0.step == .write }.map(\.path)
            let areAll = paths.contains(EndpointDefinition.secretsPath)
            let secrets = one.writtenSecrets.filter { areAll || paths.contains("secrets.\($0.name)") }
            return (one.canonical, secrets)
        }.filter { !$0.secrets.isEmpty }
    }
}

extension Difference {
    /// What its path begins with: `secrets` of `secrets.KEY`; the whole path if it names one thing.
    var part: String { path.utf8.firstIndex(of: ASCII.dot).map { String(path[..<$0]) } ?? path }

    /// What follows that: `KEY`, which may have dots itself; empty if nothing does.
    var member: String {
        path.utf8.firstIndex(of: ASCII.dot).map { String(path[path.utf8.index(after: $0)...]) } ?? ""
    }
}

extension FleetDefinition {
    /// Returns the definition with these Spaces and endpoints alone.
    fileprivate func with(_ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition]) -> FleetDefinition {
        var part = self
        (part.spaces, part.endpoints) = (spaces, endpoints)
        return part
    }
}
