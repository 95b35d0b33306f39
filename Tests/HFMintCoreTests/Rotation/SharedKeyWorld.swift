@testable import HFMintCore
import HFMintTesting
import Synchronization

/// Two lists of secrets, a sender with one secret, and a disk, on which the power can fail before or after any act.
///
/// After each act, whoever uses a secret must be accepted by everybody who reads a list, and no list may have dropped a
/// secret sooner than the overlap after its last use; what is otherwise is a fault.
final class SharedKeyWorld: Sendable {
    struct State {
        var sinks: [String: String] = ["first": "old\n", "second": "old\n", "sender": "old"]
        var journal: [UInt8] = []
        /// Acts until the power fails; even numbers before an act, odd ones after it.
        var pointsUntilCrash: Int?
        var isDown = false
        var points = 0
        var acts: [String] = []
        var faults: [String] = []
        /// When each secret was last used by anybody.
        var lastUsed: [String: Timestamp] = [:]
        var random = SeededRandom(seed: 11)
    }

    static let lead = 600
    static let overlap = 3_600

    let state: Mutex<State>
    let clock = FrozenClock()
    private let senderIsReadable: Bool
    private let creatable: Set<String>

    init(
        senderIsReadable: Bool = true, creatable: Set<String> = [], crashAt point: Int? = nil,
        _ edit: (inout State) -> Void = { _ in }
    ) {
        var state = State()
        state.pointsUntilCrash = point
        edit(&state)
        self.state = Mutex(state)
        self.senderIsReadable = senderIsReadable
        self.creatable = creatable
    }

    func powerOn() {
        state.withLock { state in
            state.pointsUntilCrash = nil
            state.isDown = false
        }
    }

    func list(_ name: String) -> [String] { state.withLock { $0.list(name) } }

    /// Somebody writes a sink.
    func put(_ text: String?, into target: String) { state.withLock { $0.sinks[target] = text } }

    /// One act of the world, between two points at which the power can fail.
    func act<Failure: Error>(
        _ name: String, failing: Failure, _ change: (inout State) -> Void
    ) throws(Failure) {
        try state.withLock { state throws(Failure) in
            try point(&state, failing)
            let before = state
            change(&state)
            state.acts.append(name)
            state.examine(since: before, at: clock.now())
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

    var context: Context {
        let machine = FakeMachine(clock: clock, signatures: FingerprintMACs()) { [self] in
            state.withLock { $0.random.next() }
        }
        return machine.context
    }

    func machine() throws -> RotationMachine {
        let context = context
        let lists = ["first", "second"].map { name in
            SecretListSink(base: KeySink(world: self, target: name, isReadable: true), context: context)
        }
        let issuer = Generated(
            rotation: "app", byteCount: 32, encoding: .base64URL, context: context, lists: lists)
        let definition = RotationDefinition(
            name: "app", issuer: issuer, verifier: nil,
            sinks: lists + [KeySink(world: self, target: "sender", isReadable: senderIsReadable)],
            creatable: creatable, lead: Self.lead, overlap: Self.overlap, digest: "d")
        return RotationMachine(definition, journal: try RotationJournal(KeyLog(world: self)), context: context)
    }

    /// Takes the rotation on until it stops; waits move the clock, unless `waits` is false.
    func run(
        _ rotation: RotationMachine, because cause: RotationState.Cause = .now, waits: Bool = true
    ) throws -> RotationMachine.Next {
        if !rotation.state.isRunning, rotation.state.attention == nil, rotation.state.timetable.last == nil {
            let next = try rotation.begin(cause)
            guard next == .go else { return next }
        }
        for _ in 0..<500 {
            switch try rotation.step() {
            case .go: continue
            case .soon(let seconds): clock.advance(by: .seconds(seconds))
            case .over(.waiting(let moment, _)) where waits: clock.advance(by: .seconds(moment - clock.now()))
            case .over(.retrying(let moment, _)) where waits: clock.advance(by: .seconds(moment - clock.now()))
            case .over(let stop): return .over(stop)
            }
        }
        return .over(.attention(Attention(.triesUsedUp, "it never ends")))
    }

    /// Takes the rotation to its end in a process of its own.
    func run(because cause: RotationState.Cause = .now, waits: Bool = true) throws -> RotationMachine.Next {
        try run(try machine(), because: cause, waits: waits)
    }
}

extension SharedKeyWorld.State {
    func list(_ name: String) -> [String] { (sinks[name] ?? "").split(separator: "\n").map(String.init) }

    fileprivate var used: Set<String> {
        Set([list("first").first, list("second").first, sinks["sender"]].compactMap(\.self))
    }

    fileprivate mutating func examine(since before: Self, at now: Timestamp) {
        for secret in before.used.union(used) { lastUsed[secret] = now }
        for name in ["first", "second"] {
            let accepted = list(name)
            for secret in used where !accepted.contains(secret) {
                faults.append("\(acts.count): \(name) does not accept what is used")
            }
            for secret in before.list(name) where !accepted.contains(secret) {
                guard let last = lastUsed[secret], now - last < SharedKeyWorld.overlap else { continue }
                faults.append("\(acts.count): \(name) dropped a secret \(now - last) s after it was used")
            }
        }
    }
}

private let powerCut = StepFailure(.ambiguous, "the power failed")

private struct KeySink: Sink {
    let world: SharedKeyWorld
    let target: String
    let isReadable: Bool

    func preflight() throws(StepFailure) {
        if world.state.withLock({ $0.isDown }) { throw powerCut }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let text = value.revealedText()
        try world.act("write \(target)", failing: powerCut) { $0.sinks[target] = text }
        return Evidence(isReadable ? .readBack : .accepted)
    }

    var showsChange: Bool { isReadable }

    func look() throws(StepFailure) -> Sighting {
        let (text, isDown) = world.state.withLock { ($0.sinks[target], $0.isDown) }
        if isDown { throw powerCut }
        guard isReadable else { return Sighting(.unknown) }
        return Sighting(showing: text.map { Secret($0) })
    }
}

private struct KeyLog: LogFile {
    let world: SharedKeyWorld
    private static let cut = FileFailure("journal", "the power failed")

    func read() throws(FileFailure) -> [UInt8] { world.state.withLock { $0.journal } }

    func append(_ line: [UInt8]) throws(FileFailure) {
        try world.act("record", failing: Self.cut) { $0.journal += line }
    }

    func replace(_ content: [UInt8]) throws(FileFailure) {
        try world.act("compact", failing: Self.cut) { $0.journal = content }
    }
}
