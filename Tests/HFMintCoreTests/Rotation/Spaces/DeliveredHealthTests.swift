@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// A Space whose stage moves with each look; its secret is there, and every write makes it begin again.
private final class MovingSpace: HTTPTransport {
    private struct State {
        var before: [String]
        var after: [String]
        var writes = 0
        var looks: [String] = []
        var pages: [Int]
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - before: the stages until the first write, of which the last one stays.
    ///   - after: the stages from then on.
    ///   - pages: what its page answers, of which the last one stays.
    init(before: [String] = ["RUNNING"], after: [String], pages: [Int] = [200]) {
        state = Mutex(State(before: before, after: after, pages: pages))
    }

    var writes: Int { state.withLock { $0.writes } }
    var looks: [String] { state.withLock { $0.looks } }

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let isAnonymous =
            switch credential {
            case .none: true
            default: false
            }
        let text = state.withLock { state -> (Int, String) in
            let path = request.url.target
            if path.hasSuffix("/secrets") {
                if request.method == .post { state.writes += 1 }
                return (200, "{\"S\":{\"key\":\"S\",\"updatedAt\":\"t\(state.writes)\"}}")
            }
            if path == "/api/spaces/acme/chat" { return (404, "{}") }
            guard path.hasSuffix("/runtime") else {
                let status = state.pages.count > 1 ? state.pages.removeFirst() : state.pages[0]
                state.looks.append("page \(status)")
                return isAnonymous ? (status, "") : (500, "")
            }
            let stage: String
            if state.writes == 0 {
                stage = state.before.count > 1 ? state.before.removeFirst() : state.before[0]
            } else {
                stage = state.after.count > 1 ? state.after.removeFirst() : state.after[0]
                state.looks.append(stage)
            }
            return (200, "{\"stage\":\"\(stage)\",\"sha\":\"a\"}")
        }
        return HTTPResponse(status: text.0, body: Secret(text.1))
    }

    func closeIdleConnections() {}
}

@Suite("delivery to a Space whose health is waited for")
struct DeliveredHealthTests {
    private struct Scene {
        let world: CrashingWorld
        let clock: FrozenClock

        init(_ space: MovingSpace, health: String) throws {
            var machine = FakeMachine(["T": "t0ken"])
            machine.context.machine.transport = space
            let text = #"{kind: "hub-space", token: "env:T", space: "acme/chat", name: "S", health: \#(health)}"#
            #expect(try SinkScene.complaints(text).isEmpty)
            let node = ManifestNode(try JSONText(Array(text.utf8), dialect: .json5))
            let surroundings = RotationSurroundings(
                name: "app", manifest: "/etc/hfmint/hfmint.json5", context: machine.context)
            let sink = try #require(try sinkKinds.make(node, surroundings))
            clock = machine.clock
            world = CrashingWorld(
                sinkIsReadable: false, issuerIsReadable: false, clock: machine.clock, alsoInto: [sink])
        }
    }

    @Test("goes on when the Space was seen healthy after the write, and not before")
    func healthy() throws {
        let space = MovingSpace(after: ["RUNNING", "APP_STARTING", "RUNNING"], pages: [503, 200])
        let scene = try Scene(space, health: #"{url: "https://acme-chat.hf.space/health"}"#)
        #expect(try scene.world.run(until: .delivered) == .go)
        #expect(
            space.looks == ["RUNNING", "APP_STARTING", "RUNNING", "page 503", "RUNNING", "page 200"])
        #expect(try scene.world.run() == .over(.finished))
        #expect(space.writes == 1 && scene.world.state.withLock { $0.secrets["old"] } == nil)
    }

    @Test("stops for a person if it is not healthy, and the old secret stays")
    func unhealthy() throws {
        let space = MovingSpace(after: ["APP_STARTING", "RUNTIME_ERROR"])
        let scene = try Scene(space, health: "{}")
        guard case .over(.attention(let attention)) = try scene.world.run() else {
            Issue.record("it went on")
            return
        }
        #expect(attention.reason == .appUnhealthy && attention.message.contains("RUNTIME_ERROR"))
        #expect(scene.world.state.withLock { $0.secrets["old"]?.isActive } == true && space.writes == 1)
    }

    @Test("does not wait longer than the manifest says")
    func timeout() throws {
        let scene = try Scene(MovingSpace(after: ["BUILDING"]), health: #"{timeout: "5m"}"#)
        let start = scene.clock.uptime()
        guard case .over(.attention(let attention)) = try scene.world.run() else {
            Issue.record("it went on")
            return
        }
        #expect(attention.message.hasSuffix("its Space is in BUILDING after 300 s"))
        #expect(scene.clock.uptime() - start < .seconds(400))
    }

    @Test("a process that comes later waits for the health, and writes nothing again")
    func later() throws {
        let space = MovingSpace(after: ["BUILDING", "APP_STARTING", "RUNNING"])
        let scene = try Scene(space, health: "{}")
        // The first process ends after the write.
        #expect(try scene.world.run(while: { space.looks.isEmpty }) == .go)
        #expect(space.looks == ["BUILDING"])
        #expect(try scene.world.run() == .over(.finished))
        #expect(space.writes == 1)
    }

    @Test("refuses what is no health")
    func mistakes() throws {
        for health in ["true", "null", #"{url: "ftp://x"}"#, #"{timeout: 5}"#, #"{stage: "RUNNING"}"#] {
            let text = #"{kind: "hub-space", token: "env:T", space: "acme/chat", name: "S", health: \#(health)}"#
            #expect(try !SinkScene.complaints(text).isEmpty, "\(health)")
        }
    }
}
