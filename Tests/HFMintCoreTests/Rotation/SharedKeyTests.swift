@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// A secret that hfmint makes itself, for those who sign and those who verify.
@Suite("rotation of shared keys")
struct SharedKeyTests {
    private func reason(_ next: RotationMachine.Next) -> Attention.Reason? {
        if case .over(.attention(let attention)) = next { attention.reason } else { nil }
    }

    @Test("is accepted everywhere before it is used anywhere, and the old one until nobody needs it")
    func undisturbed() throws {
        let world = SharedKeyWorld()
        let began = world.clock.now()
        let rotation = try world.machine()
        guard case .over(.waiting(let start, _)) = try world.run(rotation, waits: false) else {
            Issue.record("it did not wait before the new secret is used")
            return
        }
        #expect(start - began >= SharedKeyWorld.lead)
        let new = world.list("first").last ?? ""
        #expect(new.utf8.count == 43)
        #expect(world.list("first") == ["old", new] && world.list("second") == ["old", new])
        #expect(world.state.withLock { $0.sinks["sender"] } == "old")

        world.clock.advance(by: .seconds(start - world.clock.now()))
        guard case .over(.waiting(let end, _)) = try world.run(rotation, waits: false) else {
            Issue.record("it did not wait before the old secret is dropped")
            return
        }
        #expect(end - start >= SharedKeyWorld.overlap)
        #expect(world.list("first") == [new, "old"] && world.list("second") == [new, "old"])
        #expect(world.state.withLock { $0.sinks["sender"] } == new)

        #expect(try world.run(rotation) == .over(.finished))
        #expect(world.list("first") == [new] && world.list("second") == [new])
        #expect(world.state.withLock { $0.faults } == [])
        #expect(rotation.state.timetable.last?.id.utf8.count == 16)
    }

    @Test("survives a power cut before and after every act", arguments: [true, false])
    func crash(senderIsReadable: Bool) throws {
        let dryRun = SharedKeyWorld(senderIsReadable: senderIsReadable)
        _ = try dryRun.run()
        let points = dryRun.state.withLock { $0.points }
        #expect(points > 30)
        for point in 0..<points {
            let world = SharedKeyWorld(senderIsReadable: senderIsReadable, crashAt: point)
            _ = try? world.run()
            world.powerOn()
            let next = try world.run()
            let state = world.state.withLock { $0 }
            let story = "cut at \(point) of \(points): \(next), \(state.acts)"
            #expect(next == .over(.finished), "\(story)")
            #expect(state.faults == [], "\(story)")
            let held = state.list("first")
            #expect(held.count == 1 && held != ["old"], "\(story)")
            #expect(state.list("second") == held && state.sinks["sender"] == held[0], "\(story)")
            let journal = String(decoding: state.journal, as: UTF8.self)
            #expect(!journal.contains(held[0]), "\(story)")
        }
    }

    @Test("a list that loses it before it is used gets it again, and everybody waits anew")
    func lostBeforeUse() throws {
        let world = SharedKeyWorld()
        let rotation = try world.machine()
        _ = try world.run(rotation, waits: false)
        let new = world.list("first").last ?? ""
        world.put("old\nmine\n", into: "second")
        world.clock.advance(by: .seconds(SharedKeyWorld.lead + 1))
        guard case .over(.waiting) = try world.run(rotation, waits: false) else {
            Issue.record("it did not wait anew")
            return
        }
        #expect(world.list("first") == ["old", new] && world.list("second") == ["old", "mine", new])
        #expect(try world.run(rotation) == .over(.finished))
        // What somebody else has added stays.
        #expect(world.list("second") == [new, "mine"])
        #expect(world.state.withLock { $0.faults } == [])
    }

    @Test("a list that loses it again and again is for a person, before anybody uses it")
    func lostAgainAndAgain() throws {
        let world = SharedKeyWorld()
        let rotation = try world.machine()
        var next = try world.run(rotation, waits: false)
        for _ in 0..<10 {
            guard case .over(.waiting) = next else { break }
            world.put("old\n", into: "second")
            world.clock.advance(by: .seconds(SharedKeyWorld.lead + 1))
            next = try world.run(rotation, waits: false)
        }
        #expect(reason(next) == .sinkChanged)
        #expect(world.list("first").first == "old")
        #expect(world.state.withLock { $0.faults } == [])
    }

    @Test("an old secret that somebody has put in front again lives for another overlap")
    func usedAgain() throws {
        let world = SharedKeyWorld()
        let rotation = try world.machine()
        _ = try world.run(rotation, waits: false)
        world.clock.advance(by: .seconds(SharedKeyWorld.lead + 1))
        _ = try world.run(rotation, waits: false)
        let new = world.list("first")[0]
        world.clock.advance(by: .seconds(SharedKeyWorld.overlap - 10))
        world.put("old\n\(new)\n", into: "second")
        #expect(try world.run(rotation) == .over(.finished))
        #expect(world.list("first") == [new] && world.list("second") == [new])
        #expect(world.state.withLock { $0.faults } == [])
    }

    @Test("a leaked secret is replaced at once, and refused from then on")
    func leaked() throws {
        let world = SharedKeyWorld()
        let began = world.clock.now()
        #expect(try world.run(because: .leaked) == .over(.finished))
        #expect(world.clock.now() - began < 10)
        let held = world.list("first")
        #expect(held.count == 1 && held != ["old"] && world.list("second") == held)
    }

    @Test("the first secret of all is used at once")
    func first() throws {
        let world = SharedKeyWorld(creatable: ["first", "second", "sender"]) { $0.sinks = [:] }
        let rotation = try world.machine()
        let began = world.clock.now()
        guard case .over(.waiting) = try world.run(rotation, waits: false) else {
            Issue.record("it did not wait for the overlap")
            return
        }
        #expect(world.clock.now() - began < 10 && rotation.state.phase == .delivered)
        #expect(world.list("first").count == 1 && world.list("second") == world.list("first"))
        #expect(try world.run(rotation) == .over(.finished))
    }

    @Test("a clock that was ahead does not put off the use for ever")
    func clockWasAhead() throws {
        let world = SharedKeyWorld()
        let rotation = try world.machine()
        let now = world.clock.now()
        world.clock.set(to: now + 400 * 86_400)
        _ = try world.run(rotation, waits: false)
        world.clock.set(to: now)
        guard case .over(.waiting(let start, _)) = try world.run(rotation, waits: false) else {
            Issue.record("it did not wait")
            return
        }
        #expect((SharedKeyWorld.lead...SharedKeyWorld.lead + 1).contains(start - now))
    }

    @Test("a run that is given up leaves what a list may hold to the next one, which removes it")
    func abandoned() throws {
        let world = SharedKeyWorld()
        let rotation = try world.machine()
        _ = try world.run(rotation, waits: false)
        _ = try rotation.abandon()
        #expect(world.list("first").count == 2)
        #expect(try world.run() == .over(.finished))
        let held = world.list("first")
        #expect(held.count == 1 && held != ["old"] && world.list("second") == held)
        #expect(world.state.withLock { $0.faults } == [])
    }

    @Test("a list with a line that no secret can be stops it before anything is made")
    func noList() throws {
        let world = SharedKeyWorld { $0.sinks["second"] = "old\n bad \n" }
        #expect(reason(try world.run()) == .refused)
        #expect(world.list("first") == ["old"] && !world.state.withLock { $0.acts.contains("write first") })
    }
}
