@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("a look at issuer and sinks")
struct RotationInspectionTests {
    private func stage(_ shows: RotationStage.Showing = .value) throws -> RotationStage {
        let stage = RotationStage { state in
            state.shows = shows
            state.sinks = ["first": "value-old", "second": "value-old"]
        }
        #expect(try stage.runToEnd(.now(.now)) == .finished)
        return stage
    }

    private func look(_ stage: RotationStage) throws -> Inspection {
        let before = try stage.rotations().state(of: "app")
        let acts = stage.acts.count
        let seen = try #require(try stage.rotations().inspections()["app"])
        #expect(try stage.rotations().state(of: "app") == before)
        #expect(stage.acts.dropFirst(acts).allSatisfy { $0 == "survey" || $0.hasPrefix("look ") })
        return seen
    }

    @Test("finds nothing where all is as it was left", arguments: [RotationStage.Showing.value, .version, .nothing])
    func undisturbed(shows: RotationStage.Showing) throws {
        let seen = try look(stage(shows))
        #expect(!seen.hasDrift && seen.failures.isEmpty)
        #expect(seen.issuer == .asLeft(others: []))
        #expect(seen.sinks.map(\.standing) == Array(repeating: shows == .nothing ? .notShown : .same, count: 2))
    }

    @Test("finds what others have written, and what is gone", arguments: [RotationStage.Showing.value, .version])
    func drift(shows: RotationStage.Showing) throws {
        let stage = try stage(shows)
        stage.put("value-old", into: "first")
        stage.put(nil, into: "second")
        let seen = try look(stage)
        #expect(seen.hasDrift)
        #expect(seen.sinks.map(\.standing) == [.changed, .gone])
    }

    @Test("finds that the secret in use is gone, and names what is not ours")
    func issuer() throws {
        let stage = try stage()
        stage.edit { $0.secrets.append(ListedSecret(id: "admin")) }
        #expect(try look(stage).issuer == .asLeft(others: ["admin"]))
        stage.edit { $0.secrets.removeAll { $0.id == "new1" } }
        let seen = try look(stage)
        guard case .drifted(let what) = seen.issuer else {
            Issue.record("\(seen.issuer)")
            return
        }
        #expect(what.hasPrefix("new1 is not in use any more"))
    }

    @Test("in the overlap both secrets are looked for")
    func overlap() throws {
        let stage = RotationStage()
        _ = try stage.run(.now(.now))
        #expect(try look(stage).hasDrift == false)
        stage.edit { $0.secrets.removeAll { $0.id == "old" } }
        #expect(try look(stage).hasDrift)
    }

    @Test("after the overlap an old secret that is switched off is no drift, even while its death is unproven")
    func retiring() throws {
        let stage = RotationStage { ($0.isReadable, $0.deadStillLogsIn) = (true, true) }
        _ = try stage.runToEnd(.now(.now))
        let state = try stage.rotations().state(of: "app")
        #expect(state.phase == .announced && state.pending == nil && state.predecessor.deathProof == nil)
        #expect(stage.live == ["new1"])
        #expect(try look(stage).hasDrift == false)
    }

    @Test("what is away is said, and is no drift")
    func away() throws {
        let stage = try stage()
        let outage = StepFailure(.transient(retryAfterSeconds: nil), "away")
        stage.edit { ($0.failures["look first"], $0.failures["survey"]) = ([outage], [outage]) }
        let seen = try #require(try stage.rotations().inspections()["app"])
        #expect(!seen.hasDrift)
        #expect(seen.failures == [outage, outage])
    }

    @Test("what was never delivered is no drift")
    func never() throws {
        let seen = try look(RotationStage())
        #expect(!seen.hasDrift)
        #expect(seen.sinks.allSatisfy { $0.standing == nil })
    }
}
