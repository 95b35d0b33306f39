@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("rotation callbacks")
struct RotationCallbackTests {
    private func told(_ stage: RotationStage, _ kind: String) -> [String] {
        stage.state.withLock { $0.told.filter { $0.hasPrefix(kind + " ") } }
    }

    private func attention(_ stop: Rotations.RunResult.Stop) -> Attention? {
        if case .attention(let attention) = stop { attention } else { nil }
    }

    @Test("a key that is shorter than HS256 demands signs nothing", arguments: [0, 31])
    func shortKey(byteCount: Int) throws {
        let machine = FakeMachine(["KEY": String(repeating: "k", count: byteCount)])
        let key = SecretSource(reference: .variable("KEY"), folder: "/etc/hfmint", context: machine.context)
        let format = SecurityEventToken(
            issuer: "https://us.example", audience: "https://them.example", subject: ("https://idp.example", "app"),
            key: .hs256, keyID: nil, secret: key)
        let url = try #require(HTTPURL(RotationStage.hook))
        let event = CallbackEvent(
            id: "app.1.x-1", run: 1, kind: .secretCreated, at: Timestamp(secondsSince1970: 1), secretID: nil,
            notBefore: nil,
            deliveries: [])
        #expect(throws: StepFailure.self) {
            try format.request(for: event, of: "app", to: url, at: Timestamp(secondsSince1970: 2))
        }
    }

    @Test(
        "a key whose program asks to come back is asked for again; without any, nothing is signed",
        arguments: ProgramEnding.all)
    func keyFromProgram(end: ProgramEnding) throws {
        let processes = ScriptedProcesses(Array(repeating: (["/bin/key"], end.ending), count: 2))
        let context = FakeMachine(processes: processes).context
        let key = SecretSource(reference: .command(["/bin/key"]), folder: "/etc/hfmint", context: context)
        let formats: [any CallbackFormat] = [
            StandardWebhooks(secret: key),
            SecurityEventToken(
                issuer: "https://us.example", audience: "https://them.example", subject: ("https://idp.example", "app"),
                key: .hs256, keyID: nil, secret: key),
        ]
        let url = try #require(HTTPURL(RotationStage.hook))
        let event = CallbackEvent(
            id: "app.1.x-1", run: 1, kind: .secretCreated, at: Timestamp(secondsSince1970: 1), secretID: nil,
            notBefore: nil,
            deliveries: [])
        let mayWork = end.meaning == .later || end.meaning == .unknown
        for format in formats {
            let failure = try RotationFixtures.failure {
                _ = try format.request(for: event, of: "app", to: url, at: Timestamp(secondsSince1970: 2))
            }
            #expect(failure.kind == (mayWork ? .transient(retryAfterSeconds: nil) : .refused))
        }
    }

    @Test("409 is not yet: the old secret stays until the endpoint agrees, under one id")
    func notYet() throws {
        let stage = RotationStage(acknowledges: true) { $0.answers = [204, 204, 204, 409, 409, 503] }
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        let asked = told(stage, "secret.revoking")
        #expect(asked.count == 4)
        #expect(Set(asked).count == 1)
        let order = stage.acts
        #expect(order.contains("deactivate old"))
    }

    @Test("without agreement in time nothing is revoked, and a person is asked")
    func deadline() throws {
        let stage = RotationStage(acknowledges: true) {
            $0.answers = [204, 204, 204] + Array(repeating: 409, count: 99)
        }
        let stopped = attention(try stage.runToEnd(.now(.now)))
        #expect(stopped?.reason == .notAcknowledged)
        #expect(stopped?.message.contains("409") == true)
        #expect(stage.live == ["old", "new1"])

        let rotations = try stage.rotations()
        #expect(throws: MintError.self) { try rotations.resume(stage.definition(), waiving: "https://other.example/") }
        try rotations.resume(stage.definition(), waiving: RotationStage.hook)
        stage.edit { $0.answers = [] }
        #expect(try stage.runToEnd() == .finished)
        // Only that one agreement is waived: the end is told.
        #expect(told(stage, "secret.revoked").count == 1)
    }

    @Test("an endpoint that agrees after all is asked again by resume")
    func agreesLate() throws {
        let stage = RotationStage(acknowledges: true) {
            $0.answers = [204, 204, 204] + Array(repeating: 409, count: 99)
        }
        _ = try stage.runToEnd(.now(.now))
        stage.edit { $0.answers = [] }
        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("410 closes an endpoint for every event, until a person resumes")
    func gone() throws {
        let stage = RotationStage { $0.answers = [410] }
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.state.withLock { $0.told.count } == 1)
        #expect(try stage.rotations().state(of: "app").told.closedEndpoints == [RotationStage.hook])
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.state.withLock { $0.told.count } == 1)
        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.state.withLock { $0.told.count } > 1)
    }

    @Test("410 of an endpoint that must agree stops the run")
    func goneAndNeeded() throws {
        let stage = RotationStage(acknowledges: true) { $0.answers = [204, 204, 204, 410] }
        #expect(attention(try stage.runToEnd(.now(.now)))?.reason == .notAcknowledged)
        #expect(stage.live == ["old", "new1"])
    }

    @Test("others are told as often as the standard says, and never waited for")
    func others() throws {
        let stage = RotationStage { $0.answers = Array(repeating: 500, count: 999) }
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        stage.clock.advance(by: .seconds(400_000))
        for _ in 0..<12 {
            _ = try stage.run(.due)
            stage.clock.advance(by: .seconds(100_000))
        }
        #expect(told(stage, "secret.revoked").count == 10)
        let state = try stage.rotations().state(of: "app")
        #expect(state.told.events.last?.deliveries.first?.status == .failed)
        #expect(state.told.events.last?.deliveries.first?.problem == "it answered 500")
    }

    @Test("whoever must be told is told although the rotation waits for a person")
    func duringAttention() throws {
        let stage = RotationStage { state in
            state.failures["write first"] = [StepFailure(.refused, "no")]
            state.answers = [204, 204, 503]
        }
        _ = try stage.run(.now(.now))
        #expect(told(stage, "rotation.attention").count == 1)
        stage.clock.advance(by: .seconds(10))
        _ = try stage.run(.due)
        #expect(told(stage, "rotation.attention").count == 2)
    }
}
