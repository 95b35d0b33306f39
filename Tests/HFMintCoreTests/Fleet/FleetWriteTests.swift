@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a write of a fleet")
struct FleetWriteTests {
    private typealias Fleet = AppliedFleet

    private let one = Fleet.fleet([Fleet.space("chat", secrets: ["KEY": "ONE"])])

    private func generations(_ scene: AppliedFleet) -> [Int] {
        (scene.hub["chat"]?.secrets.values).map { members in
            members.compactMap { $0.description.flatMap { SpaceMark(in: $0) }?.generation }
        } ?? []
    }

    @Test("whose answer is lost after the Hub acted is found, and not repeated")
    func lostAfter() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.losses = [.afterItActed] }
        let outcome = try scene.apply(scene.plan(one), one)
        #expect(outcome.failure == nil)
        #expect(scene.hub.writes == ["chat secrets.KEY"])
        #expect(generations(scene) == [1])
        #expect(try !scene.plan(one).hasChanges)
    }

    @Test("of a variable whose answer is lost is looked for before it is sent again")
    func lostVariable() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.variableLosses = [.afterItActed] }
        let fleet = Fleet.fleet([Fleet.space("chat", variables: ["A": "1"])])
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure == nil && scene.hub.writes == ["chat variables.A"])
    }

    @Test("whose answer is lost before the Hub acted is repeated once, with the same generation")
    func lostBefore() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.losses = [.beforeItActs] }
        let outcome = try scene.apply(scene.plan(one), one)
        #expect(outcome.failure == nil)
        #expect(scene.hub.writes == ["chat secrets.KEY"])
        #expect(generations(scene) == [1])
    }

    @Test("that does not show after two tries without an answer is not sent a third time")
    func lostTwice() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.losses = [.beforeItActs, .beforeItActs] }
        let outcome = try scene.apply(scene.plan(one), one)
        #expect(outcome.failure?.code == .waveFailed)
        #expect(scene.hub.writes.isEmpty)
        #expect(outcome.left == ["spaces/acme/chat secrets.KEY"])
    }

    @Test("waits as long as a 429 asks, and is not counted as lost")
    func tooMany() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.losses = [.tooManyRequests, .tooManyRequests, .tooManyRequests] }
        let start = scene.clock.uptime()
        let outcome = try scene.apply(scene.plan(one), one)
        #expect(outcome.failure == nil && scene.hub.writes == ["chat secrets.KEY"])
        #expect(scene.clock.uptime() - start >= .seconds(21))
    }

    @Test("does not wait for a day, should the Hub ask for it")
    func muchLater() throws {
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { ($0.losses, $0.retryAfter) = ([.tooManyRequests], 86_400) }
        let start = scene.clock.uptime()
        let outcome = try scene.apply(scene.plan(one), one)
        #expect(outcome.failure?.code == .waveFailed && scene.hub.writes.isEmpty)
        #expect(scene.clock.uptime() - start < .seconds(600))
    }

    @Test("that does not show at once is recorded when it does")
    func lag() throws {
        let scene = try Fleet(["chat": .init()])
        let plan = try scene.plan(one)
        // The look before the write, and two after it.
        scene.hub.edit { $0.lag = 3 }
        let outcome = try scene.apply(plan, one)
        #expect(outcome.failure == nil)
        let record = try FleetRecord(reading: scene.directory, endpoint: .huggingFace)
        #expect(record.lastWrite(of: "KEY", in: "spaces/acme/chat")?.updatedAt != nil)
        #expect(try !scene.plan(one).hasChanges)
    }

    @Test("is none where a secret cannot be read: nothing is written anywhere, and each is named")
    func missingSecret() throws {
        let scene = try Fleet(["chat": .init(), "shop": .init()])
        let fleet = Fleet.fleet([
            Fleet.space("chat", variables: ["A": "1"]),
            Fleet.space("shop", secrets: ["B": "NOT_SET", "C": "NUL", "D": "ONE"]),
        ])
        let error = #expect(throws: MintError.self) { try scene.apply(scene.plan(fleet), fleet) }
        #expect(error?.code == .stateUnusable)
        #expect(
            error?.details == [
                "spaces/acme/shop secrets.B: NOT_SET is not set", "spaces/acme/shop secrets.C: NUL has a NUL in it",
            ])
        #expect(scene.hub.writes.isEmpty)
    }

    @Test("needs a credential of its own")
    func credential() throws {
        let scene = try Fleet(["chat": .init()])
        let fleet = Fleet.fleet([Fleet.space("chat", variables: ["A": "1"])], apply: nil)
        let error = #expect(throws: MintError.self) { try scene.apply(scene.plan(fleet), fleet) }
        #expect(error?.code == .manifestInvalid && scene.hub.writes.isEmpty)
    }

    @Test("leaves a paused Space alone, unless it may be touched")
    func paused() throws {
        let scene = try Fleet(["chat": .init(stage: "PAUSED", end: "PAUSED")])
        let plan = try scene.plan(one)
        let outcome = try scene.apply(plan, one)
        #expect(outcome.failure == nil && scene.hub.writes.isEmpty)
        #expect(scene.steps(of: "chat") == ["planned", "skipped"])
        #expect(outcome.left == ["spaces/acme/chat secrets.KEY"])
        try scene.apply(plan, one) { $0.touchesPaused = true }
        #expect(scene.hub.writes == ["chat secrets.KEY"])
    }

    @Test("waits for the app's own page")
    func page() throws {
        let url = "https://acme-chat.hf.example/healthz"
        let health = Health(timeout: 60, url: HTTPURL(url))
        let fleet = Fleet.fleet([Fleet.space("chat", variables: ["A": "1"], health: health)])
        let scene = try Fleet(["chat": .init()])
        scene.hub.edit { $0.pages[url] = 503 }
        let outcome = try scene.apply(scene.plan(fleet), fleet)
        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.failure?.message.contains("503") == true)
    }

    @Test("happens within the window alone")
    func window() throws {
        let noon = try CronExpression(parsing: "0 12 * * *")
        let fleet = Fleet.fleet(
            [Fleet.space("chat", variables: ["A": "1"])], window: FleetWindow(opens: noon, length: 3_600))
        let scene = try Fleet(["chat": .init()])
        let error = #expect(throws: MintError.self) { try scene.apply(scene.plan(fleet), fleet) }
        #expect(error?.code == .serviceUnavailable && scene.hub.writes.isEmpty)
    }

    // MARK: Deletions

    /// A Space with secrets that hfmint wrote for an earlier manifest, and one of somebody else's.
    private func strangers(_ count: Int) throws -> AppliedFleet {
        var secrets: [String: AppliedHub.Member] = ["THEIRS": .init(value: "v")]
        for index in 0..<count {
            let mark = SpaceMark(app: "apps/chat.json5", generation: 1)
            secrets["OLD\(index)"] = .init(value: "v", description: mark.put(into: nil))
        }
        return try Fleet(["chat": .init(secrets: secrets)])
    }

    @Test("deletes with --prune alone, and never what hfmint has not written")
    func prune() throws {
        let scene = try strangers(1)
        let fleet = Fleet.fleet([Fleet.space("chat")])
        let plan = try scene.plan(fleet, pruning: 10)
        #expect(plan.changes.map(\.path) == ["secrets.OLD0"])
        try scene.apply(plan, fleet)
        #expect(scene.hub.writes.isEmpty)
        let outcome = try scene.apply(plan, fleet) { $0.prunes = true }
        #expect(outcome.failure == nil)
        #expect(scene.hub.writes == ["chat secrets.OLD0 deleted"])
        #expect(scene.hub["chat"]?.secrets.keys.sorted() == ["THEIRS"])
    }

    @Test("deletes no more than the limit, and then nothing")
    func limit() throws {
        let scene = try strangers(2)
        let fleet = Fleet.fleet([Fleet.space("chat")])
        let plan = try scene.plan(fleet, pruning: 10)
        let error = #expect(throws: MintError.self) { try scene.apply(plan, fleet) { $0.prunes = true } }
        #expect(error?.code == .planStale && scene.hub.writes.isEmpty)
        try scene.apply(plan, fleet) { ($0.prunes, $0.maxDeletes) = (true, 2) }
        #expect(scene.hub.writes.count == 2)
    }

    @Test("deletes nothing of what is protected")
    func protected() throws {
        let scene = try strangers(1)
        let fleet = Fleet.fleet([Fleet.space("chat", isProtected: true)])
        #expect(try !scene.plan(fleet, pruning: 10).hasChanges)
    }
}
