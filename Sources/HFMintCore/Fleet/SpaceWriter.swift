/// Applies a plan to one Space: writes back to back, without waiting for a restart, and then watches its health.
///
/// A secret's write whose answer is lost is looked for by its mark, and repeated at most once, with the same
/// generation.
final class SpaceWriter: FleetTarget {
    let definition: SpaceDefinition
    let space: SpaceAPI
    /// The Space before its first write.
    private(set) var before: SpaceState?
    private let changes: [PlannedChange]
    private let fleet: FleetWork
    private var marks: [String: SpaceMark] = [:]
    /// The secret whose last write has no answer.
    private var doubtful: String?
    private var repeated: Set<String> = []
    /// The secrets of which the Hub has not shown the new mark yet: its reads lag its writes.
    private var unseen: Set<String> = []
    private var deleted: Set<String> = []
    private var health: SpaceHealth?

    init(_ definition: SpaceDefinition, _ changes: [PlannedChange], _ fleet: FleetWork) {
        self.definition = definition
        self.changes = changes
        self.fleet = fleet
        space = fleet.access.space(definition.resource)
    }

    var resource: String { definition.resource.canonical }

    var isInDoubt: Bool { doubtful != nil }

    func open() throws(StepFailure) -> FleetOpening {
        let reading = try fleet.reader.read(definition)
        if let moved = try fleet.moved(definition, reading) { return .refused(moved) }
        guard case .there(let state) = reading else { return .refused("it cannot be read any more") }
        guard state.stage != "PAUSED" || fleet.options.touchesPaused else {
            return .skipped("it is PAUSED, and a write may wake it: --touch-paused")
        }
        guard !state.isInDevMode else { return .skipped("it is in dev mode, which a write would end") }
        before = state
        makeMarks(state)
        let sorted = changes.sorted { Self.rank($0) < Self.rank($1) }
        return .ready(try sorted.map { (change) throws(StepFailure) in try write(change) })
    }

    /// Secrets come last, so that the last restart has everything; what is deleted is not missed by any before it.
    private static func rank(_ change: PlannedChange) -> Int {
        guard change.verb == .set else { return 4 }
        return ["volumes": 1, "variables": 2, "secrets": 3][change.part] ?? 0
    }

    func look() throws(StepFailure) -> FleetSight {
        if !unseen.isEmpty {
            do throws(StepFailure) {
                try note(space.secrets())
            } catch {
                // The health counts, and not whether a write shows already.
                if case .unwritten = error.kind { throw error }
            }
        }
        let clock = space.api.context.clock
        var health =
            health
            ?? SpaceHealth(
                definition.health, settle: fleet.definition.settle, before: before.map { SpaceRuntime($0) },
                since: clock.uptime())
        var stage = "not seen"
        var next: SpaceHealth.Next
        do throws(StepFailure) {
            let runtime = try space.runtime()
            stage = runtime.stage
            next = health.observe(runtime, at: clock.uptime())
        } catch {
            guard case .transient = error.kind else { throw error }
            next = health.unobserved(at: clock.uptime())
        }
        if case .ask(let url) = next {
            next = health.answered(space.api.context.status(of: url), at: clock.uptime())
        }
        self.health = health
        return FleetSight(next, stage: stage)
    }

    /// Forgets what was seen, so that the next look counts from now.
    func lookAnew() { health = nil }
}

extension FleetSight {
    init(_ next: SpaceHealth.Next, stage: String) {
        switch next {
        case .look(let seconds): self = .waiting(stage: stage, again: .seconds(seconds))
        case .ask: self = .waiting(stage: stage, again: .seconds(1))
        case .healthy: self = .healthy
        case .unhealthy(let clause): self = .failed(clause)
        }
    }
}

extension SpaceRuntime {
    fileprivate init(_ state: SpaceState) {
        self.init(
            stage: state.stage, sha: state.runningSHA, hardware: state.hardware, sleep: state.sleep,
            volumes: state.volumes, isInDevMode: state.isInDevMode, isHotReloading: state.isHotReloading)
    }
}

// MARK: Settings and variables

extension SpaceWriter {
    private func write(_ change: PlannedChange) throws(StepFailure) -> FleetWrite {
        let name = change.member
        switch (change.verb, change.part) {
        case (.set, "secrets"):
            guard before?.sdk != "static" else {
                throw space.api.refused("a static Space hands its secrets to every browser")
            }
            return set(change.path) { () throws(StepFailure) in try self.setSecret(name) }
        case (.set, "variables"):
            guard let entry = definition.variables.first(where: { $0.name == name }) else { break }
            return set(change.path) { () throws(StepFailure) in try self.setVariable(name, entry.value) }
        case (.set, "hardware"): if let flavor = definition.hardware { return setHardware(flavor) }
        case (.set, "sleep"): if let sleep = definition.sleep { return setSleep(sleep) }
        case (.set, "visibility"): if let visibility = definition.visibility { return setVisibility(visibility) }
        case (.set, "volumes"): if let volumes = definition.volumes { return setVolumes(volumes) }
        case (.delete, "secrets") where !definition.isProtected:
            return FleetWrite(paths: [change.path], words: "delete \(change.path)") { () throws(StepFailure) in
                try self.deleteSecret(name)
            }
        default: break
        }
        throw space.api.refused("nothing writes \(change.path)")
    }

    func set(_ path: String, _ perform: @escaping () throws(StepFailure) -> String?) -> FleetWrite {
        FleetWrite(paths: [path], words: "set \(path)", perform: perform)
    }

    func setHardware(_ flavor: String) -> FleetWrite {
        set("hardware") { () throws(StepFailure) in
            try self.space.setHardware(flavor)
            return nil
        }
    }

    func setSleep(_ sleep: Sleep) -> FleetWrite {
        set("sleep") { () throws(StepFailure) in
            try self.space.setSleep(sleep)
            return nil
        }
    }

    func setVisibility(_ visibility: Visibility) -> FleetWrite {
        set("visibility") { () throws(StepFailure) in
            try self.space.setVisibility(visibility)
            return nil
        }
    }

    func setVolumes(_ volumes: [Volume]) -> FleetWrite {
        set("volumes") { () throws(StepFailure) in
            try self.space.setVolumes(volumes)
            return nil
        }
    }

    /// Sets a variable, and returns what the answer shows of it.
    func setVariable(_ name: String, _ value: String) throws(StepFailure) -> String? {
        let description = before?.variable(name)?.description
        guard let shown = try space.setVariable(name, value, description: description) else { return nil }
        guard shown.contains(where: { $0.name == name && $0.value.utf8.elementsEqual(value.utf8) }) else {
            throw space.api.retry("the answer shows another value of variables.\(name)")
        }
        return "read back"
    }
}

// MARK: Secrets

extension SpaceWriter {
    private func makeMarks(_ state: SpaceState) {
        for name in changes.filter({ $0.verb == .set && $0.part == "secrets" }).map(\.member) {
            let proof = fleet.proofs.proof(of: name, of: definition)
            let old = state.secret(name)?.description.flatMap { SpaceMark(in: $0) }
            marks[name] = SpaceMark(
                app: definition.app, generation: max(old?.generation ?? 0, proof.lastWrite?.generation ?? 0) + 1,
                version: proof.version, digest: proof.digest)
        }
    }

    private func setSecret(_ name: String) throws(StepFailure) -> String? {
        guard let value = fleet.secrets.value(of: name, in: resource), let mark = marks[name] else {
            throw space.api.refused("the value of secrets.\(name) was not read")
        }
        if doubtful == name {
            if let proof = try seen(name) { return proof }
            guard repeated.insert(name).inserted else {
                doubtful = nil
                throw space.api.refused("secrets.\(name) was sent twice without an answer, and does not show")
            }
        }
        do throws(StepFailure) {
            let description = mark.put(into: before?.secret(name)?.description)
            try space.setSecret(name, value.secret, description: description)
        } catch {
            doubtful = error.kind == .ambiguous ? name : nil
            guard isInDoubt else { throw error }
            throw StepFailure(.transient(retryAfterSeconds: error.retryAfterSeconds), error.message)
        }
        do throws(StepFailure) {
            doubtful = nil
            return try seen(name)
        } catch {
            // The write was answered. What it shows is read again with the health.
            if case .unwritten = error.kind { throw error }
            return nil
        }
    }

    /// Returns what the Hub shows of the last write of a secret, or nil if it shows nothing of it yet.
    private func seen(_ name: String) throws(StepFailure) -> String? {
        unseen.insert(name)
        let states = try space.secrets()
        try note(states)
        guard !unseen.contains(name) else { return nil }
        doubtful = nil
        return states.first { $0.name == name }?.updatedAt.map { "updated \($0)" } ?? "its mark shows"
    }

    /// Records those of the writes that the Hub shows now.
    private func note(_ states: [SecretState]) throws(StepFailure) {
        for state in states {
            guard unseen.contains(state.name), let mark = marks[state.name],
                state.description.flatMap({ SpaceMark(in: $0) }) == mark
            else { continue }
            let write = FleetRecord.Write(generation: mark.generation, updatedAt: state.updatedAt)
            do throws(FileFailure) {
                try fleet.record.note(write, of: state.name, in: resource)
            } catch {
                throw .unwritten(error)
            }
            unseen.remove(state.name)
        }
    }

    private func deleteSecret(_ name: String) throws(StepFailure) -> String? {
        let isThere = { () throws(StepFailure) in try self.space.secrets().contains { $0.name == name } }
        return try delete("secrets.\(name)", isThere) { () throws(StepFailure) in try self.space.deleteSecret(name) }
    }

    func deleteVariable(_ name: String) throws(StepFailure) -> String? {
        let isThere = { () throws(StepFailure) in try self.space.variables().contains { $0.name == name } }
        return try delete("variables.\(name)", isThere) { () throws(StepFailure) in
            try self.space.deleteVariable(name)
        }
    }

    private func delete(
        _ path: String, _ isThere: () throws(StepFailure) -> Bool, _ delete: () throws(StepFailure) -> Void
    ) throws(StepFailure) -> String? {
        // An earlier try may have deleted it without an answer.
        if !deleted.insert(path).inserted, !(try isThere()) { return "it is gone" }
        try delete()
        guard !(try isThere()) else { throw space.api.retry("\(path) is still there") }
        return "it is gone"
    }
}

extension SpaceState {
    func variable(_ name: String) -> VariableState? {
        guard case .read(let states) = variables else { return nil }
        return states.first { $0.name == name }
    }

    fileprivate func secret(_ name: String) -> SecretState? {
        guard case .read(let states) = secrets else { return nil }
        return states.first { $0.name == name }
    }
}
