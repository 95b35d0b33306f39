@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("rotation machine")
struct RotationMachineTests {
    struct Setting: Sendable, CustomTestStringConvertible {
        let succession: Succession
        let sinkIsReadable: Bool
        let issuerIsReadable: Bool

        var testDescription: String {
            "\(succession), \(sinkIsReadable ? "readable" : "write-only") sink, \(issuerIsReadable ? "readable" : "silent") issuer"
        }

        func world(crashAt point: Int? = nil) -> CrashingWorld {
            CrashingWorld(
                succession: succession, sinkIsReadable: sinkIsReadable, issuerIsReadable: issuerIsReadable,
                crashAt: point)
        }
    }

    static let settings: [Setting] = [Succession.separate(limit: 2), .separate(limit: nil), .stacked, .replacing]
        .flatMap { succession in
            [true, false].flatMap { sink in
                [true, false].map { Setting(succession: succession, sinkIsReadable: sink, issuerIsReadable: $0) }
            }
        }

    @Test("ends with one live secret in every sink, and the old one gone", arguments: settings)
    func undisturbed(setting: Setting) throws {
        let world = setting.world()
        #expect(try world.run() == .over(.finished))
        let state = world.state.withLock { $0 }
        #expect(state.secrets.count == 1 && state.secrets["old"] == nil)
        #expect(Set(state.sinks.values) == Set(state.secrets.values.map(\.value)))
        #expect(state.outages == 0)
    }

    @Test("survives a power cut before and after every act, on every shape", arguments: settings)
    func crash(setting: Setting) throws {
        let dryRun = setting.world()
        _ = try dryRun.run()
        let points = dryRun.state.withLock { $0.points }
        #expect(points > 20)
        for point in 0..<points {
            let world = setting.world(crashAt: point)
            _ = try? world.run()
            world.powerOn()
            let next = try world.run()
            let state = world.state.withLock { $0 }
            let story = "cut at \(point) of \(points): \(next), \(state.acts)"
            #expect(state.outages == 0, "\(story)")
            #expect(state.sinks.values.allSatisfy { state.accepts($0) }, "a sink holds a dead secret; \(story)")
            if next == .over(.finished) {
                #expect(state.secrets.count == 1, "an orphan is left: \(state.secrets.keys.sorted()); \(story)")
            } else if case .over(.attention) = next {
                #expect(!state.secrets.isEmpty, "\(story)")
            } else {
                Issue.record("it neither ended nor stopped; \(story)")
            }
        }
    }

    @Test(
        "stops for a person when every answer to a creation is lost, with one of ours to be removed",
        arguments: settings)
    func lostCreations(setting: Setting) throws {
        let world = setting.world()
        world.state.withLock { $0.losesCreations = true }
        let next = try world.run()
        let state = world.state.withLock { $0 }
        switch (setting.succession, setting.issuerIsReadable) {
        case (_, true): #expect(next == .over(.finished))
        case (.separate, false):
            #expect(next != .over(.finished) && next != .over(.attention(Attention(.triesUsedUp, "it never ends"))))
            // The last one, which is removed when the rotation goes on.
            #expect(state.secrets.count == 2 && state.secrets["old"] != nil)
        default:
            #expect(next != .over(.finished) && next != .over(.attention(Attention(.triesUsedUp, "it never ends"))))
        }
        #expect(state.outages == 0)
    }

    @Test("keeps the old secret when somebody has removed the new one", arguments: settings.filter(\.hasNames))
    func removedSuccessor(setting: Setting) throws {
        let world = setting.world()
        #expect(try world.run(until: .announced) == .go)
        world.state.withLock { $0.secrets["new1"] = nil }
        guard case .over(.attention(let attention)) = try world.run() else {
            Issue.record("it did not stop")
            return
        }
        #expect(attention.message.contains("so the old one stays"))
        #expect(world.state.withLock { $0.secrets["old"]?.isActive } == true)
    }
}

extension RotationMachineTests.Setting {
    /// Whether each secret is removed by its own name.
    fileprivate var hasNames: Bool {
        if case .separate = succession { true } else { false }
    }
}
