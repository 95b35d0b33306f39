@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// What the state machine promises beyond a straight run.
@Suite("rotation promises")
struct RotationPromisesTests {
    private let refusal = StepFailure(.refused, "no")
    private let outage = StepFailure(.transient(retryAfterSeconds: nil), "the server is away")

    private func reason(_ stop: Rotations.RunResult.Stop) -> Attention.Reason? {
        if case .attention(let attention) = stop { attention.reason } else { nil }
    }

    @Test("a whole run tells everyone, retires the old secret, and leaves one")
    func whole() throws {
        let stage = RotationStage()
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.live == ["new1"])
        #expect(stage.state.withLock { $0.secrets.count } == 1)
        let kinds = stage.state.withLock { $0.told.map { String($0.split(separator: " ")[0]) } }
        #expect(
            kinds == ["rotation.started", "secret.created", "secret.delivered", "secret.revoking", "secret.revoked"])
    }

    @Test("an outage of hours needs no person; one of days does")
    func longOutage() throws {
        let stage = RotationStage { $0.failures["deactivate old"] = Array(repeating: outage, count: 11) }
        #expect(try stage.runToEnd(.now(.now)) == .finished)

        let dead = RotationStage { $0.failures["deactivate old"] = Array(repeating: outage, count: 100) }
        let began = dead.clock.now()
        #expect(reason(try dead.runToEnd(.now(.now))) == .triesUsedUp)
        #expect((18 * 3_600...36 * 3_600).contains(dead.clock.now() - began - 3_600))
        #expect(dead.live.contains("new1"))
    }

    @Test("a value that only this process knows is not given up for a long pause")
    func onlyCopy() throws {
        let stage = RotationStage { $0.failures["write second"] = Array(repeating: outage, count: 100) }
        #expect(reason(try stage.run(.now(.now)).stop) == .triesUsedUp)
        #expect(stage.acts.filter { $0 == "create" }.count == 1)
    }

    @Test("nor for one that the server named: it is waited for, an hour at the most")
    func namedPause() throws {
        let busy = StepFailure(.transient(retryAfterSeconds: 1_800), "asked to come back")
        let stage = RotationStage { $0.failures["write second"] = [busy, busy] }
        let began = stage.clock.now()
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.acts.filter { $0 == "create" }.count == 1)
        #expect(stage.clock.now() - began >= 3_600 + 3_600)
    }

    @Test("a server that may have acted is left alone for as long as it asks, and is asked before it acts again")
    func namedDoubt() throws {
        let doubt = StepFailure(.ambiguous, "asked to come back", retryAfterSeconds: 45)
        let stage = RotationStage { $0.failures["create"] = [doubt] }
        let began = stage.clock.now()
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.acts.filter { $0 == "create" }.count == 1)
        #expect(stage.clock.now() - began >= 3_600 + 45)
    }

    @Test(
        "a creation that says it was refused after it acted is found by its proof, and costs no working secret",
        arguments: [
            (.separate(limit: 3), false, 2, nil), (.separate(limit: 3), true, 1, nil), (.replacing, false, 2, nil),
            (.replacing, true, 1, nil), (.stacked, true, 1, nil),
            // Another one could push out the one that works.
            (.stacked, false, 1, .refused),
        ] as [(Succession, Bool, Int, Attention.Reason?)])
    func refusedAfterActing(succession: Succession, isReadable: Bool, creations: Int, stop: Attention.Reason?) throws {
        let stage = RotationStage { state in
            (state.succession, state.isReadable, state.refusesAfterActing) = (succession, isReadable, true)
        }
        let end = try stage.runToEnd(.now(.now))
        #expect(reason(end) == stop)
        if stop == nil { #expect(end == .finished) }
        #expect(stage.acts.filter { $0 == "create" }.count == creations)
        if case .separate = succession { #expect(stage.live == ["new\(creations)"]) }
    }

    @Test(
        "a secret that is new after a refusal, and not proven ours, is left to a person",
        arguments: [Succession.separate(limit: 3), .stacked, .replacing])
    func refusedBesideAnother(succession: Succession) throws {
        let stage = RotationStage { state in
            (state.succession, state.isReadable) = (succession, true)
            // So often that this run ends.
            state.failures["create"] = Array(repeating: outage, count: 5) + [refusal]
        }
        guard case .retrying = try stage.run(.now(.now)).stop else {
            Issue.record("it should be for a later run")
            return
        }
        stage.edit { $0.secrets.insert(ListedSecret(id: "admin", sha256: "of another"), at: 0) }
        #expect(reason(try stage.runToEnd()) == .refused)
        #expect(!stage.acts.contains("create") && stage.live == ["admin", "old"])
    }

    @Test("what stops before the first act is remembered, told, and begun again when a person says so")
    func cannotBegin() throws {
        let stage = RotationStage { $0.failures["preflight second"] = [refusal] }
        #expect(reason(try stage.run(.now(.now)).stop) == .refused)
        #expect(stage.state.withLock { $0.told.contains { $0.hasPrefix("rotation.attention") } })
        #expect(!stage.acts.contains("create"))
        // It stays until then.
        #expect(reason(try stage.run(.due).stop) == .refused)
        #expect(try stage.rotations().state(of: "app").attention?.reason == .refused)

        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("what cannot begin for an outage begins by itself later")
    func beginsLater() throws {
        let stage = RotationStage { $0.failures["survey"] = Array(repeating: outage, count: 9) }
        guard case .retrying = try stage.run(.now(.now)).stop else {
            Issue.record("it should be for a later run")
            return
        }
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("nothing begins where the issuer has no room, a key is missing, or another rotation owns the client")
    func refusals() throws {
        let full = RotationStage { state in
            state.secrets = ["a", "b", "c"].map { ListedSecret(id: $0) }
        }
        #expect(reason(try full.run(.now(.now)).stop) == .noRoom)
        let unsigned = RotationStage { $0.keyIsMissing = true }
        #expect(reason(try unsigned.run(.now(.now)).stop) == .callbackUnsigned)
        let owned = RotationStage { $0.secrets = [ListedSecret(id: "theirs", marker: "hfmint:other:4")] }
        #expect(reason(try owned.run(.now(.now)).stop) == .otherRotation)
        for stage in [full, unsigned, owned] { #expect(!stage.acts.contains("create")) }
    }

    @Test("a person may adopt what another rotation made, and only what is there")
    func adopt() throws {
        let stage = RotationStage { state in
            state.secrets = [ListedSecret(id: "theirs", marker: "hfmint:other:4"), ListedSecret(id: "stray")]
        }
        let rotations = try stage.rotations()
        #expect(throws: MintError.self) { try rotations.adopt("nothing", stage.definition()) }
        _ = try rotations.adopt("theirs", stage.definition())
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        #expect(stage.live == ["stray", "new1"])
    }

    @Test("init adopts the only secret, except one that another rotation made")
    func enable() throws {
        let stage = RotationStage()
        #expect(try stage.rotations().enable(stage.definition()).predecessor == "old")
        let other = RotationStage { $0.secrets = [ListedSecret(id: "theirs", marker: "hfmint:other:4")] }
        #expect(try other.rotations().enable(other.definition()).predecessor == nil)
    }

    @Test("a creation whose answer was lost is found by its marker; others' new secrets are listed and left")
    func newcomers() throws {
        let stage = RotationStage { $0.lostAnswers = ["create"] }
        guard case .waiting = try stage.run(.now(.now)).stop else {
            Issue.record("it should wait for the overlap")
            return
        }
        // A list that was late: the marker shows whose this one is. The other one is an administrator's.
        stage.edit { state in
            state.secrets.append(ListedSecret(id: "late", marker: "hfmint:app:1"))
            state.secrets.append(ListedSecret(id: "admin"))
        }
        #expect(try stage.runToEnd() == .finished)
        #expect(stage.live == ["new2", "admin"])
        #expect(try stage.rotations().state(of: "app").ids.strangers == ["admin"])
    }

    @Test("what still logs in is not dead, whatever the list says")
    func undead() throws {
        let stage = RotationStage { state in
            state.isReadable = true
            state.deadStillLogsIn = true
        }
        #expect(reason(try stage.runToEnd(.now(.now))) == .triesUsedUp)
        #expect(!stage.acts.contains("delete old"))
        stage.edit { $0.deadStillLogsIn = false }
        try stage.rotations().resume(stage.definition(), waiving: nil)
        #expect(try stage.runToEnd() == .finished)
        #expect(try stage.rotations().state(of: "app").predecessor.deathProof == "refused")
    }

    @Test("a leak that comes to light during the overlap ends it")
    func leakDuringOverlap() throws {
        let stage = RotationStage(acknowledges: true) { $0.answers = Array(repeating: 409, count: 50) }
        guard case .waiting = try stage.run(.now(.now)).stop else {
            Issue.record("it should wait")
            return
        }
        #expect(stage.live == ["old", "new1"])
        #expect(try stage.run(.now(.leaked)).stop == .finished)
        #expect(stage.live == ["new1"])
    }

    @Test("after the grace a leaked secret is retired though a sink fails, and that sink is named")
    func grace() throws {
        let stage = RotationStage { $0.failures["write first"] = Array(repeating: outage, count: 100) }
        let result = try stage.run(.now(.leaked, grace: 30))
        #expect(result.stop == .finished)
        #expect(stage.live == ["new1"])
        #expect(result.state.delivery.sinks.filter { $0.evidence == nil }.map(\.target) == ["first"])
        #expect(stage.state.withLock { $0.sinks } == ["second": "value-new1"])
    }

    @Test("a new secret that never logs in is removed before any sink is touched")
    func neverLogsIn() throws {
        let stage = RotationStage { $0.refusedValues = ["value-new1"] }
        #expect(reason(try stage.run(.now(.now)).stop) == .logInRefused)
        #expect(stage.live == ["old"])
        #expect(stage.state.withLock { $0.sinks.isEmpty })
    }

    @Test("on an issuer that stacks secrets there is only forward")
    func stacked() throws {
        let stage = RotationStage { state in
            (state.succession, state.isReadable, state.refusedValues) = (.stacked, true, ["value-new1"])
        }
        #expect(reason(try stage.run(.now(.now)).stop) == .logInRefused)
        stage.edit { $0.refusedValues = [] }
        try stage.rotations().resume(stage.definition(), waiving: nil)
        _ = try stage.run(.due)
        #expect(stage.acts.filter { $0 == "create" }.count == 1)
    }

    @Test("a run under way stops when its sinks change in the manifest, and goes on when they are back")
    func changedDefinition() throws {
        let stage = RotationStage()
        _ = try stage.run(.now(.now))
        let changed = stage.definition(sinks: ["first", "third"])
        stage.clock.advance(by: .seconds(7_200))
        #expect(reason(try stage.run(.due, changed).stop) == .definitionChanged)
        #expect(stage.live == ["old", "new1"])
        #expect(try stage.runToEnd() == .finished)
    }

    @Test("abandon removes the new secret before the first sink, and keeps it after; the next run removes it")
    func abandon() throws {
        let stopped = RotationStage { state in
            state.failures["write first"] = [refusal]
        }
        #expect(reason(try stopped.run(.now(.now)).stop) == .refused)
        #expect(try stopped.rotations().abandon(stopped.definition()).contains("stays"))
        #expect(stopped.live == ["old", "new1"])
        #expect(stopped.state.withLock { $0.told.contains { $0.hasPrefix("rotation.failed") } })
        #expect(try stopped.runToEnd(.now(.now)) == .finished)
        #expect(stopped.live == ["new2"])
        #expect(throws: MintError.self) { try stopped.rotations().abandon(stopped.definition()) }
    }

    @Test("abandon finds a secret whose creation nobody answered")
    func abandonLostAnswer() throws {
        let stage = RotationStage { $0.lostAnswers = ["create"] }
        let rotations = try stage.rotations()
        let file = try #require(try rotations.directory.openLog(RotationJournal.fileName("app")))
        let machine = RotationMachine(
            stage.definition(), journal: try RotationJournal(file), context: rotations.context)
        _ = try machine.begin(.now)
        _ = try machine.step()
        #expect(stage.live == ["old", "new1"])
        #expect(try rotations.abandon(stage.definition()).contains("removed"))
        #expect(stage.live == ["old"])
    }
}
