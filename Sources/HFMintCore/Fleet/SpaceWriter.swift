/// Applies a plan to one Space: writes back to back, without waiting for a restart, and then watches its health.
///
/// A secret's write whose answer is lost is looked for by its mark, and repeated at most once, with the same generation.
final class SpaceWriter: FleetTarget {
    private let definition: SpaceDefinition
    private let changes: [PlannedChange]
    private let space: SpaceAPI
    private let fleet: FleetWork
    /// The Space before its first write.
    private(set) var before: SpaceState?
    private var marks: [String: SpaceMark] = [:]
    /// The secrets whose last write has no answer.
    private var doubtful: Set<String> = []
    private var repeated: Set<String> = []
    /// The secrets of which the Hub has not shown the new mark yet: its reads lag its writes.
    private var unseen: Set<String> = []
    private var deleted: Set<String> = []
    private var health: SpaceHealth?

    init(_ definition: SpaceDefinition, _ changes: [PlannedChange], at space: SpaceAPI, _ fleet: FleetWork) {
        self.definition = definition
        self.changes = changes
        self.space = space
        self.fleet = fleet
    }

    var resource: String { definition.resource.canonical }

    var isInDoubt: Bool { !doubtful.isEmpty }

    func open() throws(StepFailure) -> FleetOpening {
        let reading = try space.read()
        if let moved = try fleet.moved(definition, reading) { return .refused(moved) }
        guard case .there(let state) = reading else { return .refused("it could not be read") }
        guard state.stage != "PAUSED" || fleet.options.touchesPaused else {
            return .skipped("it is PAUSED, and a write may wake it: --touch-paused")
        }
        guard !state.isInDevMode else { return .skipped("it is in dev mode, which a write would end") }
        let setsSecrets = changes.contains { $0.verb == .set && $0.path.hasStart("secrets.") }
        guard !setsSecrets || state.sdk != "static" else {
            return .refused("a static Space hands its secrets to every browser")
        }
        before = state
        makeMarks(state)
        // The Hub restarts the Space for each kind. Secrets come last, so that the last restart has everything.
        let order = ["", "volumes", "variables", "secrets"]
        let sorted = changes.map { change in (order.firstIndex(of: change.part) ?? 0, change) }
            .sorted { ($0.1.verb == .delete ? 9 : $0.0) < ($1.1.verb == .delete ? 9 : $1.0) }
        return .ready(try sorted.map { (_, change) throws(StepFailure) in try write(change) })
    }

    func look() throws(StepFailure) -> FleetSight {
        if !unseen.isEmpty { try? note(space.secrets()) }
        let clock = space.api.context.clock
        var health =
            health
            ?? SpaceHealth(
                definition.health, settle: fleet.definition.settle, before: before.map(SpaceRuntime.init),
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
        switch next {
        case .look(let seconds): return .waiting(stage: stage, again: .seconds(seconds))
        case .ask: return .waiting(stage: stage, again: .seconds(1))
        case .healthy: return .healthy
        case .unhealthy(let clause): return .failed(clause)
        }
    }
}

// MARK: Writes

extension SpaceWriter {
    private func write(_ change: PlannedChange) throws(StepFailure) -> FleetWrite {
        let (path, name) = (change.path, change.member)
        let words = "\(change.verb == .set ? "set" : "delete") \(path)"
        guard let perform = action(change.verb, change.part, name, path) else {
            throw space.api.refused("the manifest does not say what \(path) is to be")
        }
        return FleetWrite(paths: [path], words: words, perform: perform)
    }

    private func action(
        _ verb: PlannedChange.Verb, _ part: String, _ name: String, _ path: String
    ) -> (() throws(StepFailure) -> String?)? {
        switch (verb, part) {
        case (.set, "variables"):
            return definition.variables.first { $0.name == name }.map { entry in
                { () throws(StepFailure) in try self.setVariable(entry.name, entry.value) }
            }
        case (.set, "secrets"): return { () throws(StepFailure) in try self.setSecret(name) }
        case (.set, _):
            return setting(
                path, Settings(definition.hardware, definition.sleep, definition.visibility, definition.volumes))
        case (.delete, "variables"):
            return delete(name, { () throws(StepFailure) in try self.space.deleteVariable(name) }) {
                () throws(StepFailure) in try self.space.variables().map(\.name)
            }
        case (.delete, "secrets"):
            return delete(name, { () throws(StepFailure) in try self.space.deleteSecret(name) }) {
                () throws(StepFailure) in try self.space.secrets().map(\.name)
            }
        default: return nil
        }
    }

    /// Returns the write of what a Space has once, or nil if nothing is said of it.
    func setting(_ path: String, _ settings: Settings) -> (() throws(StepFailure) -> String?)? {
        let space = space
        switch path {
        case "hardware":
            return settings.hardware.map { flavor in
                { () throws(StepFailure) in
                    try space.setHardware(flavor)
                    return nil
                }
            }
        case "sleep":
            return settings.sleep.map { sleep in
                { () throws(StepFailure) in
                    try space.setSleep(sleep)
                    return nil
                }
            }
        case "visibility":
            return settings.visibility.map { visibility in
                { () throws(StepFailure) in
                    try space.setVisibility(visibility)
                    return nil
                }
            }
        case "volumes":
            return settings.volumes.map { volumes in
                { () throws(StepFailure) in
                    try space.setVolumes(volumes)
                    return nil
                }
            }
        default: return nil
        }
    }

    func setVariable(_ name: String, _ value: String) throws(StepFailure) -> String? {
        let shown = try space.setVariable(name, value, description: before?.variable(name)?.description)
        guard let shown else { return nil }
        guard shown.contains(where: { $0.name == name && $0.value == value }) else {
            throw space.api.retry("the answer to variables.\(name) shows another value")
        }
        return "read back"
    }

    private func setSecret(_ name: String) throws(StepFailure) -> String? {
        guard let value = fleet.secrets.value(of: name, in: resource), let mark = marks[name] else {
            throw space.api.refused("the value of secrets.\(name) was not read")
        }
        if doubtful.contains(name) {
            if let seen = try seen(name) { return seen }
            guard repeated.insert(name).inserted else {
                doubtful.remove(name)
                throw space.api.refused("secrets.\(name) was sent twice without an answer, and does not show")
            }
        }
        let description = mark.put(into: before?.secret(name)?.description)
        do throws(StepFailure) {
            try space.setSecret(name, value.secret, description: description)
        } catch {
            guard error.kind == .ambiguous else {
                doubtful.remove(name)
                throw error
            }
            doubtful.insert(name)
            throw StepFailure(.transient(retryAfterSeconds: error.retryAfterSeconds), error.message)
        }
        doubtful.remove(name)
        unseen.insert(name)
        do throws(StepFailure) {
            return try seen(name)
        } catch {
            // The write was answered. What it shows is read again with the health.
            guard case .unwritten = error.kind else { return nil }
            throw error
        }
    }

    /// Returns what the Hub shows of the write of a secret, or nil if it shows nothing of it yet.
    private func seen(_ name: String) throws(StepFailure) -> String? {
        let states = try space.secrets()
        unseen.insert(name)
        try note(states)
        guard !unseen.contains(name) else { return nil }
        doubtful.remove(name)
        let state = states.first { $0.name == name }
        return state?.updatedAt.map { "updated \($0)" } ?? "its mark shows"
    }

    /// Records the writes that the Hub shows now.
    private func note(_ states: [SecretState]) throws(StepFailure) {
        for state in states {
            guard unseen.contains(state.name), let mark = marks[state.name],
                state.description.flatMap({ SpaceMark(in: $0) }) == mark
            else { continue }
            do throws(FileFailure) {
                let write = FleetRecord.Write(generation: mark.generation, updatedAt: state.updatedAt)
                try fleet.record.note(write, of: state.name, in: resource)
            } catch {
                throw .unwritten(error)
            }
            unseen.remove(state.name)
        }
    }

    private func makeMarks(_ state: SpaceState) {
        for change in changes where change.verb == .set && change.part == "secrets" {
            let name = change.member
            let old = state.secret(name)?.description.flatMap { SpaceMark(in: $0) }
            let last = fleet.record.lastWrite(of: name, in: resource)
            marks[name] = SpaceMark(
                app: definition.app, generation: max(old?.generation ?? 0, last?.generation ?? 0) + 1,
                version: definition.secrets.first { $0.name == name }?.version,
                digest: fleet.digest(of: name, in: resource))
        }
    }

    private func delete(
        _ name: String, _ delete: @escaping () throws(StepFailure) -> Void,
        names: @escaping () throws(StepFailure) -> [String]
    ) -> () throws(StepFailure) -> String? {
        { () throws(StepFailure) in
            if !self.deleted.insert(name).inserted, !(try names().contains(name)) { return "it is gone" }
            try delete()
            guard !(try names().contains(name)) else { throw self.space.api.retry("\(name) is still there") }
            return "it is gone"
        }
    }
}
