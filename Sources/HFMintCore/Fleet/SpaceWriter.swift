/// Applies a plan to one Space: writes back to back, without waiting for a restart, and then watches its health.
///
/// A secret's write whose answer is lost is looked for by its mark, and repeated at most once, with the same
/// generation.
final class SpaceWriter: FleetTarget {
    let definition: SpaceDefinition
    let space: SpaceAPI
    /// The Space before its first write.
    private(set) var before: SpaceState?
    private let changes: [Difference]
    private let fleet: FleetWork
    private var marks: [String: SpaceMark] = [:]
    /// The secret whose last write has no answer.
    private var doubtful: String?
    private var repeated: Set<String> = []
    /// The secrets of which the Hub has not shown the new mark yet: its reads lag its writes.
    private var unseen: Set<String> = []
    private var deleted: Set<String> = []
    /// The variables of which a write was sent; while they are restored, of which a restoring one was.
    private var sent: Set<String> = []
    /// The times that the Hub showed of the writes of variables, which a restoration undoes.
    private var variableTimes: [String: String] = [:]
    private var isRestoring = false
    private var health: SpaceHealth?

    init(_ definition: SpaceDefinition, _ changes: [Difference], _ fleet: FleetWork) {
        self.definition = definition
        self.changes = changes
        self.fleet = fleet
        space = fleet.access.space(definition.resource)
    }

    var resource: String { definition.canonical }

    var isInDoubt: Bool { doubtful != nil }

    func open() throws(StepFailure) -> FleetOpening {
        let reading = try fleet.reader.read(definition)
        if let moved = try fleet.moved(definition, reading) { return .over(.failed(moved)) }
        guard case .there(let state) = reading else { return .over(.failed("it cannot be read any more")) }
        guard state.runtime.stage != "PAUSED" || fleet.options.touchesPaused else {
            return .over(.skipped("it is PAUSED, and a write may wake it: --touch-paused"))
        }
        guard !state.runtime.isInDevMode else { return .over(.skipped("it is in dev mode, which a write would end")) }
        if let obstacle = try fleet.obstacle(to: definition.predecessors) { return .over(obstacle) }
        before = state
        makeMarks(state)
        let sorted = changes.sorted { Self.rank($0) < Self.rank($1) }
        return .ready(try sorted.map { (change) throws(StepFailure) in try write(change) })
    }

    /// Secrets come last, so that the last restart has everything; what is deleted is not missed by any before it.
    private static func rank(_ change: Difference) -> Int {
        guard change.step == .write else { return 4 }
        return ["volumes": 1, "variables": 2, "secrets": 3][change.part] ?? 0
    }

    func look() throws(StepFailure) -> SpaceHealth.Next {
        if !unseen.isEmpty {
            do throws(StepFailure) {
                try note(space.secrets())
            } catch {
                // The health counts, and not whether a write shows already.
                if case .unwritten = error.kind { throw error }
            }
        }
        var health =
            health
            ?? SpaceHealth(
                definition.health, settle: fleet.definition.settle, before: before?.runtime,
                since: space.api.context.clock.uptime())
        let next = try health.look(at: space)
        self.health = health
        return next
    }

    var stage: String { health?.stage ?? "not seen" }

    /// Forgets what was seen and sent, so that the next look counts from now, and nothing of before it is a proof.
    func beginRestoring() {
        health = nil
        sent = []
        isRestoring = true
    }
}

// MARK: Settings and variables

extension SpaceWriter {
    private func write(_ change: Difference) throws(StepFailure) -> FleetWrite {
        let name = change.member
        switch (change.step, change.part) {
        case (.write, "secrets"):
            guard before?.sdk != "static" else {
                throw space.api.refused("a static Space hands its secrets to every browser")
            }
            return set(change.path) { () throws(StepFailure) in try self.setSecret(name) }
        case (.write, "variables"):
            guard let entry = definition.variables.first(where: { $0.name == name }) else { break }
            return set(change.path) { () throws(StepFailure) in try self.setVariable(name, entry.value) }
        case (.prune, "secrets") where !definition.isProtected:
            return FleetWrite(paths: [change.path], words: "delete \(change.path)") { () throws(StepFailure) in
                try self.deleteSecret(name)
            }
        case (.write, _): if let write = setting(change.path, as: definition) { return write }
        default: break
        }
        throw space.api.refused("nothing writes \(change.path)")
    }

    func set(_ path: String, _ perform: @escaping () throws(StepFailure) -> String?) -> FleetWrite {
        FleetWrite(paths: [path], words: "set \(path)", perform: perform)
    }

    /// Returns what writes a setting, or nil if `wanted` has none of that path.
    func setting(_ path: String, as wanted: SpaceDefinition) -> FleetWrite? {
        let space = space
        func act(_ send: @escaping () throws(StepFailure) -> Void) -> FleetWrite {
            set(path) { () throws(StepFailure) in
                try send()
                return nil
            }
        }
        switch path {
        case "hardware":
            return wanted.hardware.map { value in act { () throws(StepFailure) in try space.setHardware(value) } }
        case "sleep":
            return wanted.sleep.map { value in act { () throws(StepFailure) in try space.setSleep(value) } }
        case "visibility":
            return wanted.visibility.map { value in act { () throws(StepFailure) in try space.setVisibility(value) } }
        case "volumes":
            return wanted.volumes.map { value in act { () throws(StepFailure) in try space.setVolumes(value) } }
        default: return nil
        }
    }

    /// Sets a variable, and returns what the answer shows of it.
    func setVariable(_ name: String, _ value: String) throws(StepFailure) -> String? {
        func found(_ states: [VariableState]) -> VariableState? {
            states.first { $0.name == name && $0.value.utf8.elementsEqual(value.utf8) }
        }
        func note(_ state: VariableState) -> String {
            if !isRestoring { variableTimes[name] = state.updatedAt }
            return "read back"
        }
        // An earlier try may have written it, and another write would restart the app once more.
        if !sent.insert(name).inserted, let there = found(try space.variables()), isProof(there) { return note(there) }
        let description = before?.variable(name)?.description
        guard let shown = try space.setVariable(name, value, description: description) else { return nil }
        guard let there = found(shown) else {
            throw space.api.retry("the answer shows another value of variables.\(name)")
        }
        return note(there)
    }

    /// Whether a variable that has the wanted value was written by this writer.
    ///
    /// A restoration wants the value of before, which a read that lags still shows: only a time after that of the write
    /// that is undone tells the two apart. Without it, the variable is written again, which does no harm.
    private func isProof(_ state: VariableState) -> Bool {
        guard isRestoring else { return true }
        guard let undone = variableTimes[state.name].flatMap({ Timestamp(internetDate: $0) }),
            let shown = state.updatedAt.flatMap({ Timestamp(internetDate: $0) })
        else { return false }
        return shown > undone
    }
}

// MARK: Secrets

extension SpaceWriter {
    private func makeMarks(_ state: SpaceState) {
        for name in changes.filter({ $0.step == .write && $0.part == "secrets" }).map(\.member) {
            let proof = fleet.secrets.proof(of: name, of: definition)
            let old = state.secret(name)?.description.flatMap { SpaceMark(in: $0) }
            marks[name] = fleet.mark(proof, after: old, app: definition.app)
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
            throw error.repeatable
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
            try fleet.note(mark, state.updatedAt, of: state.name, in: resource)
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
