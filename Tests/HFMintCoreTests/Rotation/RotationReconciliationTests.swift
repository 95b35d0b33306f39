@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// What becomes of a sink that somebody else writes before the old secret is retired.
@Suite("sinks that others overwrite")
struct RotationReconciliationTests {
    private let outage = StepFailure(.transient(retryAfterSeconds: nil), "the server is away")
    private let refusal = StepFailure(.refused, "no")

    private func reason(_ stop: Rotations.RunResult.Stop) -> Attention.Reason? {
        if case .attention(let attention) = stop { attention.reason } else { nil }
    }

    /// In the overlap, with the new secret in both sinks.
    private func overlapping(
        _ shows: RotationStage.Showing, _ edit: (inout RotationStage.State) -> Void = { _ in }
    ) throws -> RotationStage {
        let stage = RotationStage { state in
            state.shows = shows
            state.sinks = ["first": "value-old", "second": "value-old"]
            edit(&state)
        }
        guard case .waiting = try stage.run(.now(.now)).stop else {
            Issue.record("it should wait for the overlap")
            return stage
        }
        stage.clock.advance(by: .seconds(3_700))
        return stage
    }

    private func isWaiting(_ result: Rotations.RunResult) -> Bool {
        if case .waiting = result.stop { true } else { false }
    }

    @Test("the old value in a sink is written over again, and the overlap begins anew", arguments: [true, false])
    func setBack(issuerIsReadable: Bool) throws {
        let stage = try overlapping(.value) { $0.isReadable = issuerIsReadable }
        stage.put("value-old", into: "first")
        #expect(isWaiting(try stage.run(.due)))
        // The value came from the issuer, or from the other sink.
        #expect(stage.state.withLock { $0.sinks } == ["first": "value-new1", "second": "value-new1"])
        #expect(stage.live == ["old", "new1"])
        #expect(try stage.rotations().state(of: "app").deadlines.overlapEndsAt == stage.clock.now() + 3_601)
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
        #expect(stage.state.withLock { $0.told.filter { $0.hasPrefix("secret.revoking") }.count } == 2)
    }

    @Test("a sink that shows a version alone is written again with another secret, where nobody has the first")
    func version() throws {
        let stage = try overlapping(.version)
        stage.put("value-old", into: "second")
        #expect(isWaiting(try stage.run(.due)))
        #expect(stage.state.withLock { $0.sinks } == ["first": "value-new2", "second": "value-new2"])
        #expect(stage.live.contains("old"))
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new2"])
    }

    @Test("where no other secret can be made a person is asked, and both live")
    func noRoom() throws {
        let stage = try overlapping(.version) { $0.succession = .separate(limit: 2) }
        stage.put("value-old", into: "first")
        let stop = try stage.run(.due).stop
        #expect(reason(stop) == .valueLost)
        if case .attention(let attention) = stop { #expect(attention.message.contains("overwritten first")) }
        #expect(stage.live == ["old", "new1"])
    }

    @Test("a third value is left alone until a person gives their word for it")
    func thirdValue() throws {
        let stage = try overlapping(.value)
        stage.put("an administrator's", into: "first")
        for _ in 0..<2 {
            #expect(reason(try stage.run(.due).stop) == .sinkChanged)
            #expect(stage.state.withLock { $0.sinks["first"] } == "an administrator's")
            #expect(stage.live == ["old", "new1"])
            try stage.rotations().resume(stage.definition())
        }
        try stage.rotations().resume(stage.definition(), overwriting: true)
        #expect(isWaiting(try stage.run(.due)))
        #expect(stage.state.withLock { $0.sinks["first"] } == "value-new1")
        // The word was for once.
        stage.put("an administrator's", into: "first")
        #expect(reason(try stage.runToEnd()) == .sinkChanged)
    }

    @Test("a secret that somebody else made meanwhile may be what the sink holds", arguments: [true, false])
    func stranger(isReadable: Bool) throws {
        let stage = try overlapping(isReadable ? .value : .version)
        stage.edit { $0.secrets.append(ListedSecret(id: "admin")) }
        stage.put("value-admin", into: "first")
        #expect(reason(try stage.run(.due).stop) == .sinkChanged)
        #expect(stage.state.withLock { $0.sinks["first"] } == "value-admin")
        #expect(stage.live == ["old", "new1", "admin"])
    }

    @Test("a sink that is gone is made again only where its sink says so", arguments: [true, false])
    func removed(isCreatable: Bool) throws {
        let stage = try overlapping(.value) { $0.creatable = isCreatable ? ["first"] : [] }
        stage.put(nil, into: "first")
        let result = try stage.run(.due)
        if isCreatable {
            #expect(isWaiting(result))
            #expect(stage.state.withLock { $0.sinks["first"] } == "value-new1")
        } else {
            #expect(reason(result.stop) == .sinkChanged)
            try stage.rotations().resume(stage.definition(), overwriting: true)
            #expect(reason(try stage.run(.due).stop) == .targetMissing)
            #expect(stage.state.withLock { $0.sinks["first"] } == nil)
        }
        #expect(stage.live == ["old", "new1"])
    }

    @Test("what comes back each time ends at a person, and goes on when it has stopped")
    func controller() throws {
        let stage = try overlapping(.value)
        var rounds = 0
        var last: Rotations.RunResult.Stop?
        while rounds < 10 {
            stage.put("value-old", into: "first")
            let result = try stage.run(.due)
            last = result.stop
            guard isWaiting(result) else { break }
            rounds += 1
            stage.clock.advance(by: .seconds(3_700))
        }
        #expect(rounds == 3)
        #expect(reason(try #require(last)) == .sinkChanged)
        #expect(stage.live == ["old", "new1"])
        try stage.rotations().resume(stage.definition())
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.state.withLock { $0.sinks["first"] } == "value-new1")
    }

    @Test("nothing is retired while a sink cannot be looked at")
    func away() throws {
        let stage = try overlapping(.value) { _ in }
        stage.edit { $0.failures["look first"] = Array(repeating: outage, count: 9) }
        guard case .retrying = try stage.run(.due).stop else {
            Issue.record("it should be for a later run")
            return
        }
        #expect(stage.live == ["old", "new1"])
        #expect(try stage.runToEnd() == .finished)

        let refused = try overlapping(.value)
        refused.edit { $0.failures["look first"] = [refusal] }
        #expect(reason(try refused.run(.due).stop) == .refused)
        #expect(refused.live == ["old", "new1"])
    }

    @Test("one sight of another value is not believed: a replica may lag behind")
    func replica() throws {
        let stage = try overlapping(.value)
        stage.put("value-old", into: "first")
        let definition = stage.definition()
        let rotations = try stage.rotations(definition)
        let file = try #require(try rotations.directory.openLog(RotationJournal.fileName("app")))
        let machine = RotationMachine(definition, journal: try RotationJournal(file), context: rotations.context)
        #expect(try machine.step() == .go)
        #expect(try machine.step() == .soon(seconds: 2))
        stage.put("value-new1", into: "first")
        #expect(try machine.step() == .go)
        #expect(machine.state.phase == .retired)
    }

    @Test("what was switched off is removed only after the sinks were asked once more")
    func beforeRemoval() throws {
        let stage = try overlapping(.value) { $0.isReadable = true }
        stage.edit { $0.failures["delete old"] = Array(repeating: outage, count: 8) }
        _ = try stage.run(.due)
        #expect(stage.acts.contains("deactivate old") && !stage.acts.contains("delete old"))
        stage.put("value-old", into: "second")
        stage.clock.advance(by: .seconds(900))
        _ = try stage.run(.due)
        #expect(stage.state.withLock { $0.sinks["second"] } == "value-new1")
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("a leak that ends the overlap kills nothing that a sink holds again")
    func leaked() throws {
        let stage = try overlapping(.value)
        stage.put("value-old", into: "first")
        #expect(try stage.run(.now(.leaked)).stop == .finished)
        #expect(stage.state.withLock { $0.sinks } == ["first": "value-new1", "second": "value-new1"])
        #expect(stage.live == ["new1"])
    }

    @Test(
        "after its grace a leaked secret waits neither for a sink that is away nor for a person",
        arguments: ["away", "third value", "gone"])
    func graceIsOver(trouble: String) throws {
        let stage = try overlapping(.value) { $0.isReadable = true }
        switch trouble {
        case "away": stage.edit { $0.failures["look first"] = Array(repeating: outage, count: 1_000) }
        case "gone": stage.put(nil, into: "first")
        default: stage.put("an administrator's", into: "first")
        }
        let began = stage.clock.now()
        let result = try stage.run(.now(.leaked, grace: 1_200))
        #expect(try result.stop == .finished || stage.runToEnd() == .finished)
        #expect((1_200...1_300).contains(stage.clock.now() - began))
        let behind = try stage.rotations().state(of: "app").delivery.sinks.filter { $0.evidence == nil }.map(\.target)
        #expect(behind == (trouble == "away" ? [] : ["first"]))
        #expect(stage.live == ["new1"])
    }

    @Test("a sink keeps its evidence when the manifest names the sinks in another order")
    func reordered() throws {
        let stage = RotationStage {
            $0.failures["write second"] = [StepFailure(.refused, "no")]
        } definition: {
            RotationDefinition(
                name: $0.name, issuer: $0.issuer, verifier: $0.verifier, sinks: $0.sinks, overlap: 0, digest: "d")
        }
        stage.edit { $0.isReadable = true }
        #expect(reason(try stage.run(.now(.now)).stop) == .refused)
        let turned = stage.definition(sinks: ["second", "first"])
        try stage.rotations().resume(turned)
        #expect(try stage.run(.due, turned).stop == .finished)
        #expect(stage.state.withLock { $0.sinks } == ["first": "value-new1", "second": "value-new1"])
    }
}
