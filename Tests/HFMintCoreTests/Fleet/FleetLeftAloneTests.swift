@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("what is left alone in a fleet")
struct FleetLeftAloneTests {
    private typealias Fleet = AppliedFleet

    private static let written = ["LEVEL": "info"]

    @Test("leaves what comes after it too, at whatever distance, and nothing else")
    func paused() throws {
        let scene = try Fleet([
            "chat": .init(stage: "PAUSED"), "shop": .init(), "front": .init(), "other": .init(), "last": .init(),
        ])
        let fleet = Fleet.fleet([
            Fleet.space("chat", variables: Self.written), Fleet.space("shop", after: ["chat"]),
            Fleet.space("front", after: ["shop"], variables: Self.written),
            Fleet.space("other", variables: Self.written),
            Fleet.space("last", after: ["other"], variables: Self.written),
        ])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure == nil)
        #expect(scene.hub.writes == ["other variables.LEVEL", "last variables.LEVEL"])
        let front = outcome.turns.first { $0.resource == "spaces/acme/front" }
        #expect(front?.end == .skipped("it comes after spaces/acme/chat, which was left alone"))
        #expect(outcome.left == ["spaces/acme/chat variables.LEVEL", "spaces/acme/front variables.LEVEL"])
        try scene.apply(scene.plan(fleet), fleet) { $0.ignoresOrder = true }
        #expect(scene.hub.writes.last == "front variables.LEVEL")
    }

    @Test("and is in dev mode leaves what comes after it, if it is not as declared")
    func devMode() throws {
        let scene = try Fleet(["chat": .init(isInDevMode: true), "shop": .init(), "front": .init()])
        let fleet = Fleet.fleet([
            Fleet.space("chat", variables: Self.written),
            Fleet.space("shop", after: ["chat"], variables: Self.written),
            Fleet.space("front", after: ["shop"], variables: Self.written),
        ])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure == nil && scene.hub.writes.isEmpty)
        #expect(
            outcome.turns.map(\.end) == [
                .skipped("it comes after spaces/acme/chat, which was left alone: it is in dev mode"),
                .skipped("it comes after spaces/acme/shop, which was left alone"),
            ])
        scene.hub.edit { $0.spaces["chat"]?.variables["LEVEL"] = .init(value: "info") }
        try scene.apply(scene.plan(fleet), fleet)
        #expect(scene.hub.writes == ["shop variables.LEVEL", "front variables.LEVEL"])
    }

    @Test("an interruption that arrives when all is done and healthy ends nothing")
    func lateInterruption() throws {
        let scene = try Fleet(["chat": .init()], interruptedBy: "spaces/acme/chat healthy")
        let fleet = Fleet.fleet([Fleet.space("chat", variables: Self.written)])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure == nil && outcome.left.isEmpty)
        #expect(scene.interrupts.haveArrived)
    }

    @Test("an interruption between two waves, or before the health was seen, is told")
    func earlyInterruption() throws {
        let fleet = Fleet.fleet([
            Fleet.space("chat", variables: Self.written),
            Fleet.space("shop", after: ["chat"], variables: Self.written),
        ])
        let first = try Fleet(["chat": .init(), "shop": .init()], interruptedBy: "spaces/acme/chat healthy")
        #expect(try first.apply(first.plan(fleet), fleet).failure?.code == .waveFailed)
        #expect(first.hub.writes == ["chat variables.LEVEL"])
        let second = try Fleet(["chat": .init(), "shop": .init()], interruptedBy: "spaces/acme/shop waiting")
        let outcome = try second.apply(second.plan(fleet), fleet)
        #expect(outcome.left.isEmpty)
        #expect(outcome.failure?.message == "it was interrupted before all was seen healthy; 0 changes are left")
    }

    @Test("each resource of a plan has its writer, by its name")
    func writers() throws {
        let scene = try Fleet([:])
        let endpoint = FleetSamples.endpoint()
        var fleet = Fleet.fleet([Fleet.space("chat"), Fleet.space("shop")])
        fleet.endpoints = [endpoint]
        let record = try FleetRecord(reading: nil, endpoint: .huggingFace)
        let plan = try FleetPlan([], of: fleet, on: .huggingFace, at: scene.clock.now())
        let work = try FleetWork(plan, fleet, FleetApply.Options(), record, scene.context)
        for name in ["spaces/acme/shop", "spaces/acme/chat", endpoint.canonical] {
            #expect(work.target(name, [])?.resource == name)
        }
        #expect(work.target("spaces/acme/none", []) == nil)
    }
}
