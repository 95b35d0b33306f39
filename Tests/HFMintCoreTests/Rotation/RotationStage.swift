@testable import HFMintCore
import HFMintTesting
import Synchronization

/// One rotation on a machine of its own: an issuer, two sinks, a log-in and endpoints that do what a test says.
final class RotationStage: Sendable {
    enum Showing { case nothing, version, value }

    struct State {
        var succession = Succession.separate(limit: 3)
        var isReadable = false
        var secrets = [ListedSecret(id: "old")]
        var created = 0
        /// What each of the next calls throws instead of acting.
        var failures: [String: [StepFailure]] = [:]
        /// Calls that act, and whose answer is lost.
        var lostAnswers: Set<String> = []
        /// Whether the next creation acts, and says that it was refused.
        var refusesAfterActing = false
        var refusedValues: Set<String> = []
        /// What each sink holds.
        var sinks: [String: String] = [:]
        /// What each sink shows of that.
        var shows = Showing.nothing
        /// How often each sink was written, by whomever.
        var writes: [String: Int] = [:]
        var creatable: Set<String> = []
        var acts: [String] = []
        /// What the next deliveries of any event get; 204 after that.
        var answers: [Int] = []
        var told: [String] = []
        var keyIsMissing = false
        /// Whether a dead secret still logs in.
        var deadStillLogsIn = false
        /// The next secrets of the issuer.
        var expiresAt: Timestamp?
    }

    let state: Mutex<State>
    let clock = FrozenClock()
    let files = MemoryFiles(privateBases: ["/journal"])
    private let definitionEdit: @Sendable (RotationDefinition) -> RotationDefinition
    let acknowledges: Bool

    init(
        acknowledges: Bool = false, _ edit: (inout State) -> Void = { _ in },
        definition: @escaping @Sendable (RotationDefinition) -> RotationDefinition = { $0 }
    ) {
        var state = State()
        edit(&state)
        self.state = Mutex(state)
        self.acknowledges = acknowledges
        definitionEdit = definition
    }

    func edit(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Somebody writes a sink; `nil` removes what is there.
    func put(_ value: String?, into target: String) {
        edit { state in
            state.sinks[target] = value
            state.writes[target, default: 0] += 1
        }
    }

    static let hook = "https://ops.example/hook"

    func definition(sinks: [String] = ["first", "second"], schedule: Schedule? = nil) -> RotationDefinition {
        definitionEdit(
            RotationDefinition(
                name: "app", issuer: StageIssuer(stage: self), verifier: StageVerifier(stage: self),
                sinks: sinks.map { StageSink(stage: self, target: $0) },
                creatable: state.withLock { $0.creatable },
                callbacks: [
                    CallbackEndpoint(
                        url: HTTPURL(Self.hook) ?? HTTPURL(.huggingFace, "/"), format: StageFormat(stage: self),
                        mustAcknowledge: acknowledges, agreementTimeout: 6 * 3_600)
                ], schedule: schedule, overlap: 3_600, digest: sinks.joined(separator: ",")))
    }

    func rotations(_ definition: RotationDefinition? = nil) throws -> Rotations {
        var context = FakeMachine(clock: clock, files: files).context
        context.machine.transport = StageTransport(stage: self)
        context.machine.workers = PatientThread(clock: clock)
        let candidate = DirectoryCandidate(base: "/journal", components: ["here"])
        guard let directory = try files.openPrivateDirectory(candidate, making: true) else { throw powerFailure }
        return Rotations(
            [definition ?? self.definition()], in: directory, audit: AuditTrail(on: context.machine), context: context)
    }

    private let powerFailure = FileFailure("journal", "none")

    /// One call of `hfmint rotate`.
    func run(_ order: Rotations.Order, _ definition: RotationDefinition? = nil) throws -> Rotations.RunResult {
        let results = try rotations(definition).run(order: order)
        return results[0]
    }

    /// Calls of `hfmint rotate run`, each when it is worth it, until nothing is waited for.
    func runToEnd(_ order: Rotations.Order = .due) throws -> Rotations.RunResult.Stop {
        var result = try run(order)
        for _ in 0..<100 {
            switch result.stop {
            case .waiting(let moment, _), .retrying(let moment, _):
                clock.advance(by: .seconds(max(1, moment - clock.now())))
                result = try run(.due)
            default: return result.stop
            }
        }
        return result.stop
    }

    var acts: [String] { state.withLock { $0.acts } }
    var live: [String] { state.withLock { $0.secrets.filter(\.isActive).map(\.id) } }

    fileprivate func call(_ name: String) throws(StepFailure) {
        let failure = state.withLock { state -> StepFailure? in
            guard var failures = state.failures[name], !failures.isEmpty else { return nil }
            let first = failures.removeFirst()
            state.failures[name] = failures
            return first
        }
        if let failure { throw failure }
        state.withLock { $0.acts.append(name) }
    }
}

/// Runs one unit after the other; waiting is the clock's work.
private struct PatientThread: Workers {
    let clock: FrozenClock

    func run(_ units: [@Sendable () -> Duration?]) {
        for unit in units { while let wait = unit() { clock.advance(by: wait) } }
    }

    func start(_ work: @escaping @Sendable () -> Void) -> Bool { OneThread().start(work) }

    func makeLatch() -> any Latch { OneThread().makeLatch() }
}

private struct StageIssuer: Issuer {
    let stage: RotationStage
    var succession: Succession { stage.state.withLock { $0.succession } }
    var target: String { "stage" }
    var takesChosenValue: Bool { false }
    var isReadable: Bool { stage.state.withLock { $0.isReadable } }

    func survey() throws(StepFailure) -> IssuerSurvey {
        try stage.call("survey")
        return IssuerSurvey(secrets: stage.state.withLock { $0.secrets }, date: stage.clock.now())
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        try stage.call("create")
        let (id, end) = stage.state.withLock { state in
            state.created += 1
            let id = "new\(state.created)"
            state.secrets.append(ListedSecret(id: id, marker: creation.marker, expiresAt: state.expiresAt))
            return (id, state.expiresAt)
        }
        if stage.state.withLock({ $0.lostAnswers.remove("create") }) != nil {
            throw StepFailure(.ambiguous, "the answer was lost")
        }
        let isRefused = stage.state.withLock { state in
            defer { state.refusesAfterActing = false }
            return state.refusesAfterActing
        }
        if isRefused { throw StepFailure(.refused, "it refused (exit 1)") }
        return CreatedSecret(id: id, value: SharedSecret(Secret("value-\(id)")), expiresAt: end)
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        stage.state.withLock { state in
            state.isReadable && state.secrets.contains { $0.id == id } ? Secret("value-\(id)") : nil
        }
    }

    func deactivate(_ id: String) throws(StepFailure) -> Bool {
        try stage.call("deactivate \(id)")
        stage.state.withLock { state in
            state.secrets = state.secrets.map { secret in
                secret.id == id ? ListedSecret(id: id, marker: secret.marker, isActive: false) : secret
            }
        }
        return true
    }

    func delete(_ id: String) throws(StepFailure) {
        try stage.call("delete \(id)")
        stage.state.withLock { $0.secrets.removeAll { $0.id == id } }
    }
}

private struct StageSink: Sink {
    let stage: RotationStage
    let target: String
    var isReadable: Bool { stage.state.withLock { $0.shows == .value } }
    var showsChange: Bool { stage.state.withLock { $0.shows != .nothing } }

    func preflight() throws(StepFailure) { try stage.call("preflight \(target)") }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let text = value.revealedText()
        try stage.call("write \(target)")
        stage.put(text, into: target)
        return stage.state.withLock { state in
            switch state.shows {
            case .nothing: Evidence(.accepted)
            case .version: Evidence(.version, "\(state.writes[target] ?? 0)")
            case .value: Evidence(.readBack)
            }
        }
    }

    func look() throws(StepFailure) -> Sighting {
        try stage.call("look \(target)")
        let state = stage.state.withLock { $0 }
        switch state.shows {
        case .nothing: return Sighting(.unknown)
        case .version where state.sinks[target] == nil: return Sighting(.absent)
        case .version: return Sighting(.there, mark: "\(state.writes[target] ?? 0)")
        case .value: return Sighting(showing: state.sinks[target].map { Secret($0) })
        }
    }
}

private struct StageVerifier: Verifier {
    let stage: RotationStage
    var neededLogIns: Int { 1 }

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        let text = secret.revealedText()
        return stage.state.withLock { state in
            if state.refusedValues.contains(text) { return .refused }
            let isAlive = state.secrets.contains { "value-\($0.id)" == text && $0.isActive }
            return isAlive || state.deadStillLogsIn ? .accepted : .refused
        }
    }
}

private struct StageFormat: CallbackFormat {
    let stage: RotationStage

    func request(
        for event: CallbackEvent, of rotation: String, to url: HTTPURL, at moment: Timestamp
    ) throws(StepFailure) -> SignedCallback {
        if stage.state.withLock({ $0.keyIsMissing }) { throw StepFailure(.refused, "there is no key") }
        return SignedCallback(headers: [], contentType: "text/plain", body: "\(event.kind.rawValue) \(event.id)")
    }
}

private struct StageTransport: HTTPTransport {
    let stage: RotationStage

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let text: String
        switch body {
        case .none: text = ""
        case .content(let content): text = content.bytes.revealedText()
        }
        let status = stage.state.withLock { state in
            state.told.append(text)
            return state.answers.isEmpty ? 204 : state.answers.removeFirst()
        }
        return HTTPResponse(status: status, body: Secret(""))
    }

    func closeIdleConnections() {}
}
