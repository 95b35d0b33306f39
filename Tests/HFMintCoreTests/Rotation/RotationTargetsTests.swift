@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("targets before a rotation")
struct RotationTargetsTests {
    private func reason(_ stop: Rotations.RunResult.Stop) -> Attention.Reason? {
        if case .attention(let attention) = stop { attention.reason } else { nil }
    }

    private func stage(
        _ shows: RotationStage.Showing, _ sinks: [String: String], creatable: Set<String> = []
    ) -> RotationStage {
        RotationStage { ($0.shows, $0.sinks, $0.creatable) = (shows, sinks, creatable) }
    }

    private static let both = ["first": "value-old", "second": "value-old"]

    @Test("nothing is made at a name where nothing is", arguments: [RotationStage.Showing.value, .version])
    func missing(shows: RotationStage.Showing) throws {
        let stage = stage(shows, ["first": "value-old"])
        let stop = try stage.run(.now(.now)).stop
        #expect(reason(stop) == .targetMissing)
        if case .attention(let attention) = stop {
            #expect(attention.message.hasPrefix("second: nothing is there yet"))
        }
        #expect(!stage.acts.contains("create") && stage.state.withLock { $0.sinks["second"] } == nil)
        // A person who makes it says that it is right.
        stage.put("value-old", into: "second")
        try stage.rotations().resume(stage.definition())
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("a sink that may be made is made")
    func creatable() throws {
        let stage = stage(.value, ["first": "value-old"], creatable: ["second"])
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.state.withLock { $0.sinks["second"] } == "value-new1")
    }

    @Test("what a sink says nothing about is taken to be there")
    func unknown() throws {
        #expect(try stage(.nothing, [:]).runToEnd(.now(.now)) == .finished)
    }

    @Test(
        "what does not log in is not overwritten the first time without a person's word",
        arguments: [RotationState.Cause.now, .leaked])
    func unproven(cause: RotationState.Cause) throws {
        let stage = stage(.value, ["first": "value-old", "second": "of another client"])
        for _ in 0..<2 {
            #expect(reason(try stage.run(.now(cause)).stop) == .targetUnproven)
            #expect(stage.live == ["old"] && stage.state.withLock { $0.writes } == [:])
            #expect(stage.state.withLock { $0.sinks["second"] } == "of another client")
        }
        // Only where a person waits is the issuer asked first: a timer makes none in vain.
        #expect(stage.acts.contains("create") == (cause == .now))
        #expect(try stage.runToEnd(.now(.now, overwriting: true)) == .finished)
        #expect(try stage.rotations().state(of: "app").delivery.mayOverwrite == [])
        // From then on the place is known to be right.
        stage.put("", into: "second")
        #expect(try stage.runToEnd(.now(.now)) == .finished)
    }

    @Test("what the issuer will not do is said before that, as the proof comes right before the first write")
    func issuerFirst() throws {
        let stage = stage(.value, ["first": "value-old", "second": "of another client"])
        stage.edit { $0.failures["create"] = [StepFailure(.refused, "stage: answered 400 (TheirCode)")] }
        guard case .attention(let attention) = try stage.run(.now(.now)).stop else {
            Issue.record("nobody was asked")
            return
        }
        #expect(attention.message.contains("TheirCode") && attention.reason == .refused)
        try stage.rotations().resume(stage.definition())
        #expect(reason(try stage.run(.due).stop) == .targetUnproven)
        #expect(stage.live == ["old"] && stage.state.withLock { $0.writes } == [:])
    }

    @Test(
        "nothing is made before the proof where it could not be taken back",
        arguments: [
            Succession.stacked, .replacing,
        ])
    func proofFirst(succession: Succession) throws {
        let stage = stage(.value, ["first": "value-old", "second": "of another client"])
        stage.edit { $0.succession = succession }
        #expect(reason(try stage.run(.now(.now)).stop) == .targetUnproven)
        #expect(!stage.acts.contains("create"))
    }

    @Test("once there was a rotation, or where a schedule began it, the proof comes first")
    func proofFirstUnattended() throws {
        let stage = stage(.value, ["first": "value-old", "second": "value-old"])
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        let made = stage.acts.count { $0 == "create" }
        stage.put("of another client", into: "third")
        let more = stage.definition(sinks: ["first", "second", "third"])
        #expect(reason(try stage.run(.now(.now), more).stop) == .targetUnproven)
        #expect(stage.acts.count { $0 == "create" } == made)
    }

    @Test("the name in the manifest may be mended after it, without giving up anything")
    func mended() throws {
        let stage = stage(.value, ["first": "value-old", "second": "of another client", "third": "value-old"])
        #expect(reason(try stage.run(.now(.now)).stop) == .targetUnproven)
        let mended = stage.definition(sinks: ["first", "third"])
        try stage.rotations(mended).resume(mended)
        guard case .waiting = try stage.run(.due, mended).stop else {
            Issue.record("it did not go on")
            return
        }
        #expect(stage.state.withLock { $0.sinks["second"] } == "of another client")
    }

    @Test("a removal whose answer was lost is repeated, and what was removed is never written")
    func lostRemoval() throws {
        let stage = stage(.value, ["first": "value-old", "second": "of another client"])
        stage.edit { $0.failures["delete new1"] = [StepFailure(.ambiguous, "the answer was lost")] }
        var stop = try stage.run(.now(.now)).stop
        for _ in 0..<5 where reason(stop) == nil {
            stage.clock.advance(by: .seconds(60))
            stop = try stage.run(.due).stop
        }
        #expect(reason(stop) == .targetUnproven)
        #expect(stage.live == ["old"] && stage.state.withLock { $0.writes } == [:])
    }

    @Test("the word may come with resume, and outlives an outage")
    func word() throws {
        let stage = stage(.value, ["first": "value-old", "second": "placeholder"])
        #expect(reason(try stage.run(.due).stop) == nil)
        #expect(reason(try stage.run(.now(.now)).stop) == .targetUnproven)
        stage.edit { state in
            let outage = StepFailure(.transient(retryAfterSeconds: nil), "away")
            state.failures["survey"] = Array(repeating: outage, count: 9)
        }
        try stage.rotations().resume(stage.definition(), overwriting: true)
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("of a sink that is new to a rotation it is asked again")
    func another() throws {
        let stage = stage(.value, Self.both)
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        stage.put("junk", into: "third")
        let changed = stage.definition(sinks: ["first", "third"])
        #expect(reason(try stage.run(.now(.now), changed).stop) == .targetUnproven)
    }

    @Test("a target that went away on the way is not made again")
    func wentAway() throws {
        let stage = stage(.value, Self.both)
        stage.edit { $0.isReadable = true }
        stage.edit { $0.failures["write second"] = [StepFailure(.refused, "no")] }
        #expect(reason(try stage.run(.now(.now)).stop) == .refused)
        stage.put(nil, into: "second")
        try stage.rotations().resume(stage.definition())
        #expect(reason(try stage.run(.due).stop) == .targetMissing)
        #expect(stage.state.withLock { $0.sinks["second"] } == nil)
        #expect(stage.live == ["old", "new1"])
    }

    @Test("to look at what is there changes nothing, and names what is wrong")
    func sights() throws {
        let stage = stage(.value, ["first": "junk"])
        let rotations = try stage.rotations()
        let sights = try #require(
            Rotations.sights(rotations.definitions, loggingIn: true, in: rotations.context)["app"])
        #expect(sights.map(\.presence) == [.there, .absent])
        #expect(sights.map(\.logsIn) == [false, nil])
        #expect(stage.acts == ["look first", "look second"])
        #expect(try rotations.state(of: "app") == RotationState())
    }
}
