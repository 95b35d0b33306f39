@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// A journal that a clock has written which was ahead.
@Suite("rotations and a clock that was ahead")
struct RotationClockTests {
    private static let years = 10 * 31_536_000
    private let outage = StepFailure(.transient(retryAfterSeconds: nil), "the server is away")

    private func reason(_ stop: Rotations.RunResult.Stop) -> Attention.Reason? {
        if case .attention(let attention) = stop { attention.reason } else { nil }
    }

    /// Lets `body` happen while the clock is ahead.
    private func ahead(_ stage: RotationStage, by seconds: Int = years, _ body: () throws -> Void) rethrows {
        stage.clock.set(to: stage.clock.now() + seconds)
        try body()
        stage.clock.set(to: stage.clock.now() + -seconds)
    }

    private func lead(_ stage: RotationStage) throws -> Int? {
        try stage.rotations().state(of: "app").disagreement(with: stage.clock.now())?.lead
    }

    private func resume(_ stage: RotationStage) throws {
        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(try lead(stage) == nil)
    }

    private func monthly(_ definition: RotationDefinition) -> RotationDefinition {
        RotationDefinition(
            name: definition.name, issuer: definition.issuer, verifier: definition.verifier, sinks: definition.sinks,
            callbacks: definition.callbacks, schedule: Schedule(.every(30 * 86_400), name: "app"),
            overlap: definition.overlap, digest: definition.digest)
    }

    @Test("a schedule that began to count in the future needs a person, and then counts from now")
    func schedule() throws {
        let stage = RotationStage(definition: monthly)
        try ahead(stage) { _ = try stage.run(.due) }
        for _ in 0..<3 {
            #expect(reason(try stage.run(.due).stop) == .clockWasAhead)
            stage.clock.advance(by: .seconds(40 * 86_400))
        }
        #expect(stage.acts.isEmpty)
        try resume(stage)
        #expect(try stage.run(.due).stop == .notDue(until: stage.clock.now() + 30 * 86_400))
        stage.clock.advance(by: .seconds(30 * 86_400))
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("so does a rotation in the future; an order to rotate now is taken all the same", arguments: [true, false])
    func lastRotation(isOrdered: Bool) throws {
        let stage = RotationStage(definition: monthly)
        _ = try stage.run(.due)
        try ahead(stage) { _ = try stage.runToEnd(.now(.now)) }
        let state = try stage.rotations().state(of: "app")
        #expect(state.age(at: stage.clock.now()) == 0)
        #expect(reason(try stage.run(.due).stop) == .clockWasAhead)
        if isOrdered {
            #expect(try stage.runToEnd(.now(.now)) == .finished)
        } else {
            try resume(stage)
            stage.clock.advance(by: .seconds(30 * 86_400))
            #expect(try stage.runToEnd() == .finished)
        }
        #expect(stage.live == ["new2"])
        #expect(try lead(stage) == nil)
    }

    @Test("an overlap that was set in the future needs a person, begins anew in full, and everyone is told")
    func overlap() throws {
        let stage = RotationStage()
        try ahead(stage) { _ = try stage.run(.now(.now)) }
        #expect(reason(try stage.run(.due).stop) == .clockWasAhead)
        #expect(reason(try stage.run(.now(.now)).stop) == .clockWasAhead)
        #expect(stage.live == ["old", "new1"])
        try resume(stage)
        let end = stage.clock.now() + 3_601
        guard case .waiting(end, _) = try stage.run(.due).stop else {
            Issue.record("the overlap has not begun anew")
            return
        }
        #expect(stage.state.withLock { $0.told.count { $0.hasPrefix("secret.revoking") } } == 2)
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("a leak ends an overlap whatever any clock says")
    func leak() throws {
        let stage = RotationStage()
        try ahead(stage) { _ = try stage.run(.now(.now)) }
        #expect(try stage.runToEnd(.now(.leaked)) == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("an agreement is not waited for until a deadline that lies years ahead")
    func agreement() throws {
        let stage = RotationStage(acknowledges: true) {
            $0.answers = [204, 204, 204] + Array(repeating: 503, count: 40)
        }
        try ahead(stage) { _ = try stage.run(.now(.now)) }
        #expect(reason(try stage.run(.due).stop) == .clockWasAhead)
        try resume(stage)
        stage.edit { $0.answers = [] }
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("a grace that began in the future needs a person, and begins anew")
    func grace() throws {
        let stage = RotationStage { $0.failures["write second"] = Array(repeating: outage, count: 99) }
        stage.edit { $0.isReadable = true }
        try ahead(stage) { _ = try stage.run(.now(.leaked, grace: 7_200)) }
        #expect(reason(try stage.run(.due).stop) == .clockWasAhead)
        try resume(stage)
        let state = try stage.rotations().state(of: "app")
        #expect(state.deadlines.graceEndsAt == state.deadlines.graceSetAt.map { $0 + 7_200 })
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("a try whose time lies years ahead is made now", arguments: ["survey", "deactivate old"])
    func nextTry(call: String) throws {
        let stage = RotationStage { $0.failures[call] = Array(repeating: outage, count: 9) }
        stage.edit { $0.isReadable = true }
        try ahead(stage) {
            _ = try stage.run(.now(.leaked))
        }
        stage.edit { $0.failures = [:] }
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("so is the next try to tell an endpoint")
    func delivery() throws {
        let stage = RotationStage { $0.answers = Array(repeating: 500, count: 99) }
        try ahead(stage) { _ = try stage.runToEnd(.now(.leaked)) }
        stage.edit { state in
            state.answers = []
            state.told = []
        }
        _ = try stage.run(.due)
        #expect(stage.state.withLock { $0.told.count } == 5)
    }

    @Test("five minutes are allowed for, and pass by themselves", arguments: [1, 300])
    func smallLead(seconds: Int) throws {
        let stage = RotationStage(definition: monthly)
        try ahead(stage, by: seconds) { _ = try stage.run(.due) }
        guard case .notDue = try stage.run(.due).stop else {
            Issue.record("it should wait")
            return
        }
        stage.clock.advance(by: .seconds(30 * 86_400 + seconds))
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("a clock that is behind and is set right needs nobody in the end")
    func wasBehind() throws {
        let stage = RotationStage(definition: monthly)
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        try ahead(stage, by: -Self.years) {
            let stop = try stage.run(.due).stop
            #expect(reason(stop) == .clockWasAhead)
        }
        guard case .notDue = try stage.run(.due).stop else {
            Issue.record("it should be as before")
            return
        }
    }

    @Test("there is nothing to resume where the clocks agree")
    func nothingToResume() throws {
        let stage = RotationStage(definition: monthly)
        _ = try stage.run(.due)
        #expect(throws: MintError.self) { try stage.rotations().resume(stage.definition(), waiving: nil) }
    }

    @Test("the journal keeps when a grace began")
    func journalled() throws {
        var state = RotationState()
        state.deadlines.setGrace(60, at: FrozenClock.usualNow)
        let text = try JSONText(state.json.rendered().reveal { $0.bytes }, limits: .event)
        #expect(RotationState(ManifestNode(text)) == state)
    }
}
