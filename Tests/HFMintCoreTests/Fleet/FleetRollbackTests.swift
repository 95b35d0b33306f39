@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a rollback of a fleet")
struct FleetRollbackTests {
    private typealias Fleet = AppliedFleet

    private let debug: [String: AppliedHub.Member] = ["A": .init(value: "debug"), "B": .init(value: "debug")]
    private let fleet = Fleet.fleet([Fleet.space("chat", variables: ["A": "info", "B": "info"], hardware: "t4-small")])

    /// A Space that any write breaks.
    private func scene() throws -> AppliedFleet {
        try Fleet(["chat": .init(end: "RUNTIME_ERROR", variables: debug)])
    }

    @Test("goes on after a write that is refused, and names what it cannot put back")
    func refused() throws {
        let scene = try scene()
        let plan = try scene.plan(fleet)
        // The first to be restored is the last that was written.
        scene.hub.edit { $0.variableLosses = [.none, .none, .refused] }
        let outcome = try scene.apply(plan, fleet) { $0.rollsBack = true }
        let turn = try #require(outcome.turns.first)
        #expect(turn.end == .failed("is in RUNTIME_ERROR"))
        #expect(turn.restored == ["variables.A", "hardware"] && turn.notRestored == ["variables.B"])
        #expect(scene.hub["chat"]?.variables.mapValues(\.value) == ["A": "debug", "B": "info"])
        #expect(scene.hub["chat"]?.hardware == "cpu-basic")
        #expect(scene.events.contains { $0.step.detail?.contains("cannot put variables.B back: ") == true })
    }

    @Test("of which all is refused ends without a look at the health")
    func allRefused() throws {
        let scene = try scene()
        let one = Fleet.fleet([Fleet.space("chat", variables: ["A": "info"])])
        let plan = try scene.plan(one)
        scene.hub.edit { $0.variableLosses = [.none, .refused] }
        let outcome = try scene.apply(plan, one) { $0.rollsBack = true }
        #expect(outcome.turns[0].restored.isEmpty && outcome.turns[0].notRestored == ["variables.A"])
        #expect(scene.events.last?.step == .failed("nothing of it could be put back"))
    }

    @Test("is not taken for done because a read still shows the value of before")
    func lag() throws {
        let scene = try scene()
        let plan = try scene.plan(fleet)
        // The first write that restores is lost before the Hub acts.
        scene.hub.edit { ($0.staleVariables, $0.variableLosses) = (debug, [.none, .none, .beforeItActs]) }
        let outcome = try scene.apply(plan, fleet) { $0.rollsBack = true }
        #expect(outcome.turns[0].notRestored.isEmpty)
        #expect(scene.hub["chat"]?.variables.mapValues(\.value) == ["A": "debug", "B": "debug"])
        #expect(scene.hub.writes.count { $0.hasPrefix("chat variables") } == 4)
    }

    @Test("whose answer is lost is found by its time, and not repeated")
    func lost() throws {
        let scene = try scene()
        let plan = try scene.plan(fleet)
        scene.hub.edit { $0.variableLosses = [.none, .none, .afterItActed] }
        let outcome = try scene.apply(plan, fleet) { $0.rollsBack = true }
        #expect(outcome.turns[0].restored == ["variables.B", "variables.A", "hardware"])
        #expect(scene.hub.writes.count { $0.hasPrefix("chat variables") } == 4)
    }
}
