@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// What a person's order means for a run that is under way, and what a later run still knows.
@Suite("orders to a rotation")
struct RotationOrdersTests {
    private let refusal = StepFailure(.refused, "no")
    private let outage = StepFailure(.transient(retryAfterSeconds: nil), "the server is away")

    private func reason(_ stop: Rotations.RunResult.Stop) -> Attention.Reason? {
        if case .attention(let attention) = stop { attention.reason } else { nil }
    }

    private func told(_ stage: RotationStage, _ kind: String) -> [String] {
        stage.state.withLock { $0.told.filter { $0.hasPrefix(kind) } }
    }

    @Test("an overlap is never shorter than was asked for, though clocks count whole seconds")
    func wholeOverlap() throws {
        let stage = RotationStage()
        _ = try stage.run(.now(.now))
        // The clock may have been at the very end of its second.
        #expect(try stage.rotations().state(of: "app").deadlines.overlapEndsAt == stage.clock.now() + 3_601)
    }

    @Test("a later run knows why the last try failed")
    func keepsReason() throws {
        let stage = RotationStage { $0.failures["survey"] = Array(repeating: outage, count: 9) }
        _ = try stage.run(.now(.now))
        guard case .retrying(_, let reason) = try stage.run(.due).stop else {
            Issue.record("it should be for a later run")
            return
        }
        #expect(reason == "the server is away")
        #expect(try stage.rotations().state(of: "app").retry.problem == "the server is away")
        #expect(try stage.runToEnd() == .finished)
        #expect(try stage.rotations().state(of: "app").retry.problem == nil)
    }

    @Test("a reason is kept short")
    func shortReason() throws {
        let long = StepFailure(.transient(retryAfterSeconds: 3_600), String(repeating: "ä", count: 1_000))
        let stage = RotationStage { $0.failures["survey"] = [long] }
        _ = try stage.run(.now(.now))
        let kept = try stage.rotations().state(of: "app").retry.problem
        #expect(try #require(kept).utf8.count <= 300)
    }

    @Test("an order to rotate now does not wait for the next try of the schedule")
    func nowMeansNow() throws {
        let stage = RotationStage { $0.failures["deactivate old"] = Array(repeating: outage, count: 9) }
        _ = try stage.run(.now(.now))
        stage.clock.advance(by: .seconds(3_700))
        guard case .retrying = try stage.run(.due).stop else {
            Issue.record("it should be for a later run")
            return
        }
        stage.edit { $0.failures = [:] }
        #expect(try stage.run(.now(.leaked)).stop == .finished)
    }

    @Test("whoever was told of an overlap is told again when a leak ends it")
    func leakIsTold() throws {
        let stage = RotationStage()
        _ = try stage.run(.now(.now))
        let promised = try stage.rotations().state(of: "app").told.events.last { $0.kind == .secretRevoking }
        #expect(try stage.run(.now(.leaked)).stop == .finished)
        let last = try stage.rotations().state(of: "app").told.events.last { $0.kind == .secretRevoking }
        #expect(told(stage, "secret.revoking").count == 2)
        #expect(last?.id != promised?.id)
        #expect(last?.notBefore == stage.clock.now())
    }

    @Test("a leaked secret waits for nobody's agreement, also where the run had stopped for that")
    func leakAsksNobody() throws {
        let stage = RotationStage(acknowledges: true) { $0.answers = [204, 204, 204, 410] }
        #expect(reason(try stage.runToEnd(.now(.now))) == .notAcknowledged)
        #expect(try stage.run(.now(.leaked)).stop == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("a grace ends in time, though only this process knows the new value")
    func graceEnds() throws {
        let stage = RotationStage { $0.failures["write second"] = Array(repeating: outage, count: 1_000) }
        let began = stage.clock.now()
        #expect(try stage.run(.now(.leaked, grace: 1_200)).stop == .finished)
        #expect((1_200...1_210).contains(stage.clock.now() - began))
        #expect(stage.live == ["new1"])
    }

    @Test("a grace ends in time where the value can be read again, too")
    func graceEndsLater() throws {
        let stage = RotationStage { state in
            state.isReadable = true
            state.failures["write second"] = Array(repeating: outage, count: 1_000)
        }
        let began = stage.clock.now()
        #expect(try stage.runToEnd(.now(.leaked, grace: 1_200)) == .finished)
        #expect((1_200...1_210).contains(stage.clock.now() - began))
    }

    @Test("events of a journal that was lost are not taken for repetitions")
    func eventIDs() throws {
        let first = RotationStage()
        let second = RotationStage()
        second.clock.advance(by: .seconds(86_400))
        for stage in [first, second] { #expect(try stage.runToEnd(.now(.now)) == .finished) }
        #expect(Set(told(first, "")).isDisjoint(with: told(second, "")))
    }

    @Test("what is given up is not removed from another client")
    func abandonElsewhere() throws {
        let stage = RotationStage { state in
            state.refusedValues = ["value-new1"]
            state.failures["delete new1"] = [refusal]
        }
        #expect(reason(try stage.runToEnd(.now(.now))) == .refused)
        // The manifest names another client since, which has a secret of that id.
        let other = RotationStage { $0.secrets = [ListedSecret(id: "new1")] }
        let said = try stage.rotations().abandon(other.definition(sinks: ["elsewhere"]))
        #expect(other.live == ["new1"])
        #expect(said.contains("new1"))
        #expect(!said.contains("is removed"))
    }

    @Test("what is given up before a sink was written is an act that the journal intends first")
    func abandonIsRecorded() throws {
        let stage = RotationStage { state in
            state.refusedValues = ["value-new1"]
            state.failures["delete new1"] = [refusal, StepFailure(.ambiguous, "lost")]
        }
        #expect(reason(try stage.runToEnd(.now(.now))) == .refused)
        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(throws: MintError.self) { try stage.rotations().abandon(stage.definition()) }
        #expect(try stage.rotations().state(of: "app").pending == .removeCreated)
        #expect(try stage.rotations().abandon(stage.definition()).contains("is removed"))
        #expect(stage.live == ["old"])
    }
}
