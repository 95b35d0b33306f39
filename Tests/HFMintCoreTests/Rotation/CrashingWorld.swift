@testable import HFMintCore
import HFMintTesting
import Synchronization

/// An issuer, two sinks, a log-in and a disk, in which the power can fail before or after any act.
///
/// A consumer logs in with what each sink holds after every act; a log-in that fails is an outage.
final class CrashingWorld: Sendable {
    struct Stored: Equatable {
        var value: [UInt8]
        var marker: String?
        var isActive = true
    }

    struct State {
        var succession = Succession.separate(limit: 2)
        var secrets: [String: Stored] = [:]
        /// Of a stacked issuer: what it keeps beside the current one.
        var nextID = 1
        var sinks: [String: [UInt8]] = [:]
        var journal: [UInt8] = []
        /// Acts until the power fails; even numbers before an act, odd ones after it.
        var pointsUntilCrash: Int?
        var isDown = false
        /// Whether a secret is made and the answer lost, each time.
        var losesCreations = false
        var points = 0
        var outages = 0
        var acts: [String] = []
    }

    let state: Mutex<State>
    let clock: FrozenClock
    private let sinkIsReadable: Bool
    private let issuerIsReadable: Bool
    /// Sinks in which no power fails.
    private let others: [any Sink]

    init(
        succession: Succession = .separate(limit: 2), sinkIsReadable: Bool, issuerIsReadable: Bool,
        crashAt point: Int? = nil, clock: FrozenClock = FrozenClock(), alsoInto others: [any Sink] = []
    ) {
        self.clock = clock
        self.others = others
        self.sinkIsReadable = sinkIsReadable
        self.issuerIsReadable = issuerIsReadable
        var state = State()
        state.succession = succession
        state.secrets["old"] = Stored(value: Array("old-value".utf8))
        state.sinks = ["first": Array("old-value".utf8), "second": Array("old-value".utf8)]
        state.pointsUntilCrash = point
        self.state = Mutex(state)
    }

    func powerOn() {
        state.withLock { state in
            state.pointsUntilCrash = nil
            state.isDown = false
        }
    }

    /// One act of the world, between two points at which the power can fail.
    func act<Failure: Error>(
        _ name: String, failing: Failure, _ change: (inout State) throws(Failure) -> Void
    ) throws(Failure) {
        try state.withLock { state throws(Failure) in
            try point(&state, failing)
            try change(&state)
            state.acts.append(name)
            if state.succession.overlaps, state.sinks.values.contains(where: { !state.accepts($0) }) {
                state.outages += 1
            }
            try point(&state, failing)
        }
    }

    private func point<Failure: Error>(_ state: inout State, _ failing: Failure) throws(Failure) {
        if state.isDown { throw failing }
        state.points += 1
        guard let left = state.pointsUntilCrash else { return }
        state.pointsUntilCrash = left - 1
        guard left == 0 else { return }
        state.isDown = true
        throw failing
    }

    var definition: RotationDefinition {
        RotationDefinition(
            name: "app", issuer: WorldIssuer(world: self, isReadable: issuerIsReadable),
            verifier: WorldVerifier(world: self),
            sinks: [
                WorldSink(world: self, target: "first", isReadable: false),
                WorldSink(world: self, target: "second", isReadable: sinkIsReadable),
            ] + others, overlap: 3_600, digest: "d")
    }

    /// Runs until nothing more can be done, over as many waits as it takes; or until a phase is reached, or the process
    /// ends.
    func run(
        until phase: RotationState.Phase? = nil, while lives: () -> Bool = { true }
    ) throws -> RotationMachine.Next {
        let machine = FakeMachine(clock: clock)
        let rotation = RotationMachine(
            definition, journal: try RotationJournal(WorldLog(world: self)), context: machine.context)
        if !rotation.state.isRunning, rotation.state.attention == nil, rotation.state.timetable.last == nil {
            let next = try rotation.begin(.now)
            guard next == .go else { return next }
        }
        for _ in 0..<500 {
            if let phase, rotation.state.phase == phase { return .go }
            guard lives() else { return .go }
            switch try rotation.step() {
            case .go: continue
            case .soon(let seconds): clock.advance(by: .seconds(seconds))
            case .over(.waiting(let moment, _)), .over(.retrying(let moment, _)):
                clock.advance(by: .seconds(moment - clock.now()))
            case .over(let stop): return .over(stop)
            }
        }
        return .over(.attention(Attention(.triesUsedUp, "it never ends")))
    }
}

extension CrashingWorld.State {
    func accepts(_ value: [UInt8]) -> Bool { secrets.values.contains { $0.isActive && $0.value == value } }
}

private let powerCut = StepFailure(.ambiguous, "the power failed")

private struct WorldIssuer: Issuer {
    let world: CrashingWorld
    let isReadable: Bool
    var succession: Succession { world.state.withLock { $0.succession } }
    var target: String { "world" }
    var takesChosenValue: Bool { false }

    func survey() throws(StepFailure) -> IssuerSurvey {
        let (secrets, isDown) = world.state.withLock { ($0.secrets, $0.isDown) }
        if isDown { throw powerCut }
        let listed = secrets.sorted { $0.key < $1.key }.map { id, secret in
            ListedSecret(
                id: id, marker: secret.marker, isActive: secret.isActive,
                sha256: isReadable ? digest(secret.value) : nil)
        }
        return IssuerSurvey(secrets: listed, date: world.clock.now())
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        var created: CreatedSecret?
        try world.act("create", failing: powerCut) { state throws(StepFailure) in
            if case .separate(let limit?) = state.succession, state.secrets.count >= limit {
                throw StepFailure(.refused, "the limit is reached")
            }
            let id = "new\(state.nextID)"
            state.nextID += 1
            let value = Array("value-\(id)".utf8)
            if state.succession == .replacing { state.secrets = [:] }
            state.secrets[id] = .init(value: value, marker: creation.marker)
            created = CreatedSecret(id: id, value: SharedSecret(Secret(copying: value)))
        }
        guard let created, !world.state.withLock({ $0.losesCreations }) else { throw powerCut }
        return created
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        let (secrets, isDown) = world.state.withLock { ($0.secrets, $0.isDown) }
        if isDown { throw powerCut }
        guard isReadable, let secret = secrets[id] else { return nil }
        return Secret(copying: secret.value)
    }

    func deactivate(_ id: String) throws(StepFailure) -> Bool {
        try world.act("deactivate \(id)", failing: powerCut) { state throws(StepFailure) in
            if state.succession != .stacked { state.secrets[id]?.isActive = false }
        }
        return succession != .stacked
    }

    func delete(_ id: String) throws(StepFailure) {
        try world.act("delete \(id)", failing: powerCut) { state throws(StepFailure) in
            let current = "new\(state.nextID - 1)"
            // A stacked issuer knows one order: drop all but the current one.
            state.secrets = state.secrets.filter { state.succession == .stacked ? $0.key == current : $0.key != id }
        }
    }
}

private func digest(_ value: [UInt8]) -> String {
    (try? TestDigests().sha256(Secret(copying: value)).hexadecimal) ?? ""
}

private struct WorldSink: Sink {
    let world: CrashingWorld
    let target: String
    let isReadable: Bool

    func preflight() throws(StepFailure) {
        if world.state.withLock({ $0.isDown }) { throw powerCut }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let bytes = value.reveal { $0.bytes }
        try world.act("write \(target)", failing: powerCut) { state throws(StepFailure) in
            state.sinks[target] = bytes
        }
        return Evidence(isReadable ? .readBack : .accepted)
    }

    var showsChange: Bool { isReadable }

    func look() throws(StepFailure) -> Sighting {
        let (value, isDown) = world.state.withLock { ($0.sinks[target], $0.isDown) }
        if isDown { throw powerCut }
        guard isReadable else { return Sighting(.unknown) }
        return Sighting(showing: value.map { Secret(copying: $0) })
    }
}

private struct WorldVerifier: Verifier {
    let world: CrashingWorld
    var neededLogIns: Int { 2 }

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        let value = secret.reveal { $0.bytes }
        let (accepted, isDown) = world.state.withLock { ($0.accepts(value), $0.isDown) }
        if isDown { throw powerCut }
        return accepted ? .accepted : .refused
    }
}

private struct WorldLog: LogFile {
    let world: CrashingWorld
    private static let cut = FileFailure("journal", "the power failed")

    func read() throws(FileFailure) -> [UInt8] { world.state.withLock { $0.journal } }

    func append(_ line: [UInt8]) throws(FileFailure) {
        try world.act("record", failing: Self.cut) { state throws(FileFailure) in
            state.journal += line
        }
    }

    func replace(_ content: [UInt8]) throws(FileFailure) {
        try world.act("compact", failing: Self.cut) { state throws(FileFailure) in
            state.journal = content
        }
    }
}
