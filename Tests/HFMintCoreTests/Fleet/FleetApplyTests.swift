@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a plan is applied")
struct FleetApplyTests {
    private typealias Fleet = AppliedFleet

    private let chat = Fleet.space("chat", variables: ["LEVEL": "info"], secrets: ["KEY": "ONE"], hardware: "t4-small")

    @Test("back to back, with health seen after the writes, and then there is nothing left to do")
    func whole() throws {
        let scene = try Fleet(["chat": .init(secrets: ["KEY": .init(value: "old", description: "for chat")])])
        let fleet = Fleet.fleet([chat])
        let outcome = try scene.apply(scene.plan(fleet), fleet)

        #expect(outcome.failure == nil)
        #expect(outcome.turns.map(\.end) == [.healthy])
        #expect(scene.hub.writes == ["chat hardware", "chat variables.LEVEL", "chat secrets.KEY"])
        #expect(scene.steps(of: "chat") == ["planned", "writing", "writing", "writing", "waiting", "healthy"])
        let secret = try #require(scene.hub["chat"]?.secrets["KEY"])
        #expect(secret.value == "SENTINEL-one")
        #expect(secret.description?.hasPrefix("for chat [hfmint 1 apps/chat.json5 g1 k:") == true)

        // The second plan is proven by mark, record and the Hub's time.
        let second = try scene.plan(fleet)
        #expect(second.changes.isEmpty && second.unreadable.isEmpty)
    }

    @Test("with each intent recorded before its write and each result after it, and no value")
    func audit() throws {
        let scene = try Fleet(["chat": .init()])
        let fleet = Fleet.fleet([chat])
        try scene.apply(scene.plan(fleet), fleet)
        let acts = scene.recorded.filter { $0.contains("secrets.KEY") }
        #expect(acts.first == "about to set secrets.KEY")
        #expect(acts.dropFirst().first?.hasPrefix("set secrets.KEY: done, updated ") == true)
        #expect(acts.count == 2)
        let log = scene.files["/audit.log"] ?? ""
        #expect(!log.contains("SENTINEL") && !log.contains("hf_apply"))
    }

    @Test("not at all if anything has moved, and every such thing is listed")
    func stale() throws {
        let scene = try Fleet(["chat": .init(variables: ["LEVEL": .init(value: "debug")])])
        let fleet = Fleet.fleet([chat])
        let plan = try scene.plan(fleet)
        scene.hub.edit { $0.spaces["chat"]?.variables["LEVEL"]?.value = "trace" }
        scene.hub.edit { $0.spaces["chat"]?.hardware = "a10g-small" }
        let error = #expect(throws: MintError.self) { try scene.apply(plan, fleet, fresh: scene.plan(fleet)) }
        #expect(error?.code == .planStale)
        #expect(error?.details.contains { $0.contains("variables.LEVEL") && $0.contains("trace") } == true)
        #expect(error?.details.contains { $0.contains("hardware") } == true)
        #expect(scene.hub.writes.isEmpty)
    }

    @Test("not to a Space that moved after the plan was compared, and nothing after it is touched")
    func movedMeanwhile() throws {
        let scene = try Fleet(["chat": .init(variables: ["LEVEL": .init(value: "debug")]), "shop": .init()])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let plan = try scene.plan(fleet)
        let fresh = try scene.plan(fleet)
        scene.hub.edit { $0.spaces["chat"]?.variables["LEVEL"]?.value = "trace" }
        let outcome = try scene.apply(plan, fleet, fresh: fresh)
        #expect(scene.hub.writes.isEmpty)
        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.turns.map(\.end).last == .some(nil))
        #expect(outcome.left.count == plan.changes.count)
    }

    @Test("although a secret that is not written has a version now, which its mark does not have")
    func versionAdded() throws {
        let scene = try Fleet(["chat": .init()])
        let first = Fleet.fleet([Fleet.space("chat", secrets: ["KEY": "ONE"])])
        try scene.apply(scene.plan(first), first)
        let key = SecretDefinition(
            name: "KEY", origin: .reference(.variable(Environment.Key("ONE")), folder: "/m"), version: "2")
        let space = SpaceDefinition(
            resource: chat.resource, app: chat.app, place: chat.place, variables: chat.variables, secrets: [key])
        let second = Fleet.fleet([space])
        let plan = try scene.plan(second)
        #expect(plan.changes.map(\.path) == ["variables.LEVEL"])
        #expect(try scene.apply(plan, second).failure == nil)
        #expect(scene.hub.writes.last == "chat variables.LEVEL")
    }

    @Test("not in another order than the manifest's")
    func otherOrder() throws {
        let scene = try Fleet(["chat": .init(), "shop": .init()])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let plan = try scene.plan(fleet)
        let other = FleetPlan(
            createdAt: plan.createdAt, endpoint: plan.endpoint, endpointsURL: plan.endpointsURL,
            organization: plan.organization, app: plan.app, pruning: plan.pruning, manifestDigest: plan.manifestDigest,
            changes: plan.changes, waves: [plan.waves.flatMap(\.self)], unreadable: [], refused: [])
        let error = #expect(throws: MintError.self) { try scene.apply(other, fleet, fresh: scene.plan(fleet)) }
        #expect(error?.code == .planStale && scene.hub.writes.isEmpty)
    }

    @Test("in order: the next wave begins when the one before it is healthy")
    func waves() throws {
        let scene = try Fleet(["chat": .init(), "shop": .init()])
        let fleet = Fleet.fleet(
            [Fleet.space("shop", after: ["chat"], variables: ["A": "1"]), chat], maxUnavailable: 5)
        try scene.apply(scene.plan(fleet), fleet)
        let order = scene.events.filter { $0.step.name != "planned" }.map { "\($0.resource) \($0.step.name)" }
        let healthy = try #require(order.firstIndex(of: "spaces/acme/chat healthy"))
        let begins = try #require(order.firstIndex(of: "spaces/acme/shop writing"))
        #expect(healthy < begins)
    }

    @Test("to no more Spaces at once than may be unavailable", arguments: [1, 2, 3])
    func unavailable(most: Int) throws {
        let names = ["a", "b", "c", "d", "e"]
        let scene = try Fleet(Dictionary(uniqueKeysWithValues: names.map { ($0, .init()) }))
        let fleet = Fleet.fleet(names.map { Fleet.space($0, variables: ["A": "1"]) }, maxUnavailable: most)
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure == nil)
        var (away, worst) = (Set<String>(), 0)
        for event in scene.events {
            switch event.step {
            case .writing: away.insert(event.resource)
            case .healthy: away.remove(event.resource)
            default: break
            }
            worst = max(worst, away.count)
        }
        #expect(worst == most)
    }

    @Test("and a failed wave stops the later ones; what can be read is restored, and a secret is named")
    func rollback() throws {
        let scene = try Fleet([
            "chat": .init(end: "RUNTIME_ERROR", variables: ["LEVEL": .init(value: "debug")]), "shop": .init(),
        ])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let outcome = try scene.apply(scene.plan(fleet), fleet) { $0.rollsBack = true }

        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.turns[0].end == .failed("is in RUNTIME_ERROR"))
        #expect(outcome.turns[0].restored == ["variables.LEVEL", "hardware"])
        #expect(outcome.turns[0].notRestored == ["secrets.KEY"])
        #expect(outcome.turns[1].end == nil)
        #expect(scene.hub["chat"]?.variables["LEVEL"]?.value == "debug")
        #expect(scene.hub["chat"]?.hardware == "cpu-basic")
        #expect(!scene.hub.writes.contains { $0.hasPrefix("shop") })
    }

    @Test("and a variable that was not there before is away only when the Hub no longer shows it")
    func rollbackOfNew() throws {
        let scene = try Fleet(["chat": .init(end: "RUNTIME_ERROR")])
        scene.hub.edit { $0.strippedDeletes = 1 }
        let fleet = Fleet.fleet([Fleet.space("chat", variables: ["LEVEL": "info"])])
        let outcome = try scene.apply(scene.plan(fleet), fleet) { $0.rollsBack = true }
        #expect(outcome.turns[0].restored == ["variables.LEVEL"])
        #expect(scene.hub["chat"]?.variables.isEmpty == true)
    }

    @Test("and a later run does not pass by what an earlier one left unhealthy, with nothing more to write to it")
    func laterRun() throws {
        let scene = try Fleet(["chat": .init(end: "RUNTIME_ERROR"), "shop": .init()])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        try scene.apply(scene.plan(fleet), fleet)
        let second = try scene.plan(fleet)
        #expect(second.changes.map(\.name) == ["spaces/acme/shop variables.A"])
        let outcome = try scene.apply(second, fleet)
        #expect(
            outcome.turns.map(\.end) == [.failed("it comes after spaces/acme/chat, which is in RUNTIME_ERROR")])
        #expect(!scene.hub.writes.contains { $0.hasPrefix("shop") })

        // One that starts is waited for.
        scene.hub.edit { $0.spaces["chat"]?.next = ["APP_STARTING", "RUNNING"] }
        #expect(try scene.apply(second, fleet).failure == nil)
        #expect(scene.hub.writes.last == "shop variables.A")
    }

    @Test("and nothing is restored unless the user wants it")
    func noRollback() throws {
        let scene = try Fleet(["chat": .init(end: "CONFIG_ERROR", variables: ["LEVEL": .init(value: "debug")])])
        let fleet = Fleet.fleet([chat])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.turns[0].restored.isEmpty)
        #expect(scene.hub["chat"]?.variables["LEVEL"]?.value == "info")
    }

    @Test("until a signal: the write at hand ends, and the next plan has exactly the rest")
    func interrupted() throws {
        let scene = try Fleet(["chat": .init(), "shop": .init()], interruptedAt: "chat variables.LEVEL")
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(scene.hub.writes == ["chat hardware", "chat variables.LEVEL"])
        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.turns.map(\.end) == [.interrupted, nil])
        #expect(outcome.left == ["spaces/acme/chat secrets.KEY", "spaces/acme/shop variables.A"])
        #expect(try scene.plan(fleet).changes.map(\.name) == outcome.left)
    }

    @Test("one wave alone, if those before it have no changes")
    func oneWave() throws {
        let scene = try Fleet(["chat": .init(), "shop": .init()])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let plan = try scene.plan(fleet)
        let error = #expect(throws: MintError.self) { try scene.apply(plan, fleet) { $0.wave = 2 } }
        #expect(error?.code == .planStale && scene.hub.writes.isEmpty)
        try scene.apply(plan, fleet) { $0.wave = 1 }
        #expect(!scene.hub.writes.contains { $0.hasPrefix("shop") })
        try scene.apply(scene.plan(fleet), fleet) { $0.wave = 2 }
        #expect(scene.hub.writes.last == "shop variables.A")
    }

    @Test("without order, a failure stops nothing")
    func noOrder() throws {
        let scene = try Fleet(["chat": .init(end: "RUNTIME_ERROR"), "shop": .init()])
        let fleet = Fleet.fleet([chat, Fleet.space("shop", after: ["chat"], variables: ["A": "1"])])
        let outcome = try scene.apply(scene.plan(fleet), fleet) { $0.ignoresOrder = true }
        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.turns.last?.end == .healthy)
    }
}
