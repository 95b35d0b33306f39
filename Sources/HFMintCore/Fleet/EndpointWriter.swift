/// Applies a plan to one endpoint, with one request for all of it, and then watches its health.
///
/// Whether the service keeps what a map leaves out is not documented, so that whole maps are sent: what is there of the
/// variables, with what the manifest says in its place. No secret can be read, so none is sent if there is one that the
/// manifest does not have.
final class EndpointWriter: FleetTarget {
    private let definition: EndpointDefinition
    private let changes: [Difference]
    private let fleet: FleetWork
    private let endpoints: EndpointAPI
    /// The endpoint before the update.
    private var before: EndpointState?
    private var mark: SpaceMark?
    private var health: EndpointHealth?
    /// The revision that an update has asked for; nil if it asks for none.
    private var revision: String?
    /// The service's time of the last look.
    private var seenAt: String?

    init(_ definition: EndpointDefinition, _ changes: [Difference], _ fleet: FleetWork) {
        self.definition = definition
        self.changes = changes
        self.fleet = fleet
        endpoints = fleet.access.endpoints(of: definition.namespace)
    }

    var resource: String { definition.canonical }

    /// An update that is sent twice leaves the same as one.
    var isInDoubt: Bool { false }

    func open() throws(StepFailure) -> FleetOpening {
        let reading = try fleet.reader.read(definition)
        if let moved = try fleet.moved(definition, reading) { return .over(.failed(moved)) }
        guard case .there(let state) = reading else { return .over(.failed("it cannot be read any more")) }
        guard state.state != "paused" || fleet.options.touchesPaused else {
            return .over(.skipped("it is paused, and a write may wake it: --touch-paused"))
        }
        if let obstacle = try fleet.obstacle(to: definition.predecessors) { return .over(obstacle) }
        before = state
        var change = EndpointChange()
        for planned in changes where planned.step == .write { try add(planned, to: &change, state) }
        guard change.body != nil else { return .ready([]) }
        revision = change.revision
        return .ready([update(changes.map(\.path), change)])
    }

    private func add(
        _ planned: Difference, to change: inout EndpointChange, _ state: EndpointState
    ) throws(StepFailure) {
        switch planned.path {
        case "scaling.min": change.minReplica = definition.minReplica
        case "scaling.max": change.maxReplica = definition.maxReplica
        case "scaling.scaleToZero": change.scaleToZeroMinutes = definition.scaleToZeroMinutes
        case "revision": change.revision = definition.revision
        case EndpointDefinition.secretsPath: try addSecrets(to: &change, state)
        case _ where planned.part == "env":
            guard let entry = definition.environment.first(where: { $0.name == planned.member }),
                let seen = state.environment
            else { throw endpoints.api.refused("nothing writes \(planned.path)") }
            let others = (change.environment ?? seen).filter { $0.name != entry.name }
            change.environment = others + [entry]
        default: throw endpoints.api.refused("nothing writes \(planned.path)")
        }
    }

    private func addSecrets(to change: inout EndpointChange, _ state: EndpointState) throws(StepFailure) {
        let wanted = definition.writtenSecrets
        let unsent = definition.unsentSecrets(of: state)
        guard unsent.isEmpty else {
            throw endpoints.api.refused(
                "all secrets are written together, and the manifest does not write \(listed(unsent))")
        }
        var secrets: [(name: String, value: SharedSecret)] = []
        for secret in wanted {
            guard let value = fleet.secrets.value(of: secret.name, in: resource) else {
                throw endpoints.api.refused("the value of secrets.\(secret.name) was not read")
            }
            secrets.append((secret.name, value))
        }
        let proof = fleet.secrets.proof(of: definition)
        let mark = fleet.mark(proof, after: SpaceMark(inTags: state.tags), app: definition.app)
        self.mark = mark
        change.secrets = secrets
        change.tags = mark.put(intoTags: state.tags)
    }

    private func update(_ paths: [String], _ change: EndpointChange) -> FleetWrite {
        let (endpoints, name) = (endpoints, definition.name)
        return FleetWrite(paths: paths, words: "set \(paths.joined(separator: ", "))") { () throws(StepFailure) in
            do throws(StepFailure) {
                try endpoints.update(name, change)
            } catch {
                throw error.repeatable
            }
            return nil
        }
    }

    func look() throws(StepFailure) -> SpaceHealth.Next {
        let clock = endpoints.api.context.clock
        var health =
            health
            ?? EndpointHealth(
                definition.health, settle: fleet.definition.settle, before: before, revision: revision,
                since: clock.uptime())
        var next: SpaceHealth.Next
        do throws(StepFailure) {
            guard let state = try endpoints.read(definition.name) else {
                throw endpoints.api.refused("\(resource) is gone, or the credential may not see it")
            }
            seenAt = state.updatedAt
            next = health.observe(state, at: clock.uptime())
            if case .ask(let url) = next {
                next = health.answered(endpoints.api.context.status(of: url), at: clock.uptime())
            }
            if case .healthy = next { try note(state) }
        } catch {
            guard case .transient = error.kind else { throw error }
            next = health.unobserved(at: clock.uptime())
        }
        self.health = health
        return next
    }

    var stage: String { health?.stage ?? "not seen" }

    /// Records the write of the secrets, with the time that the service shows once all is at rest.
    private func note(_ state: EndpointState) throws(StepFailure) {
        guard let mark, SpaceMark(inTags: state.tags) == mark else { return }
        try fleet.note(mark, state.updatedAt, of: EndpointDefinition.secretsPath, in: resource)
    }

    func restoration(of written: [String]) -> (writes: [FleetWrite], lost: [String]) {
        health = nil
        guard let before else { return ([], written) }
        func put<Value>(_ earlier: Value?, into place: inout Value?) -> Bool {
            place = earlier
            return earlier != nil
        }
        var change = EndpointChange()
        let restored = written.filter { path in
            switch path {
            case "scaling.min": put(before.minReplica, into: &change.minReplica)
            case "scaling.max": put(before.maxReplica, into: &change.maxReplica)
            case "scaling.scaleToZero": put(before.scaleToZeroMinutes, into: &change.scaleToZeroMinutes)
            case "revision": put(before.revision, into: &change.revision)
            case EndpointDefinition.secretsPath: false
            default: put(before.environment, into: &change.environment)
            }
        }
        // What is seen from now on is compared with the update that failed.
        revision = change.revision
        self.before?.updatedAt = seenAt
        let lost = written.filter { !restored.contains($0) }
        return change.body == nil ? ([], written) : ([update(restored, change)], lost)
    }
}
