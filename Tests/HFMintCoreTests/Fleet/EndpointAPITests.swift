@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("fleet: endpoints")
struct EndpointAPITests {
    private static let base = "https://endpoints.example/v2/endpoint/acme"

    private static func scene(_ script: [ScriptedTransport.Exchange]) throws -> (EndpointAPI, FakeMachine) {
        let machine = FakeMachine([:], script: script)
        let access = HubAccess(
            .huggingFace, endpointsURL: try #require(HTTPURL("https://endpoints.example")),
            token: SharedSecret(Secret("t0ken")), in: machine.context)
        return (access.endpoints(of: "acme"), machine)
    }

    private static let shown = #"""
        {"name":"scorer","type":"authenticated",
         "status":{"state":"running","updatedAt":"2026-11-27T00:00:00Z","url":"u"},
         "compute":{"scaling":{"minReplica":0,"maxReplica":2,"scaleToZeroTimeout":15}},"tags":["a"],
         "model":{"revision":"main","env":{"E":"1"},"secrets":{"S":"s3cr3t"},
          "image":{"custom":{"url":"r","credentials":{"username":"***","password":"***"}}}}}
        """#

    @Test("reads an endpoint, and of secrets the names alone")
    func read() throws {
        let (api, _) = try Self.scene([
            .answer("GET \(Self.base)", 200, "{\"items\":[\(Self.shown)]}"),
            .answer("GET \(Self.base)/scorer", 200, #"{"name":"scorer","status":{"state":"new state"},"model":{}}"#),
            .answer("GET \(Self.base)/gone", 404),
        ])
        let state = EndpointState(
            state: "running", updatedAt: "2026-11-27T00:00:00Z", environment: [Entry(name: "E", value: "1")],
            secretNames: ["S"], minReplica: 0, maxReplica: 2, scaleToZeroMinutes: 15, revision: "main", tags: ["a"])
        #expect(try api.list() == ["scorer": state])
        #expect(try api.read("scorer") == EndpointState(state: "unknown"))
        #expect(try api.read("gone") == nil)
    }

    @Test("a list that cannot be read whole is a failure", arguments: ["[]", "{}", #"{"items":[{}]}"#, "<html>"])
    func brokenList(body: String) throws {
        let (api, _) = try Self.scene([.answer("GET \(Self.base)", 200, body)])
        #expect(throws: StepFailure.self) { try api.list() }
    }

    @Test("an update sends what changes, whole maps, and no null")
    func update() throws {
        let (api, machine) = try Self.scene([
            .answer("PUT \(Self.base)/scorer", 200, Self.shown), .answer("PUT \(Self.base)/scorer", 202),
        ])
        var change = EndpointChange()
        try api.update("scorer", change)
        #expect(machine.transport.sent.isEmpty)
        change.maxReplica = 4
        try api.update("scorer", change)
        change = EndpointChange()
        change.environment = [Entry(name: "E", value: "\"1\"")]
        change.secrets = [("S", SharedSecret(Secret("v")))]
        change.scaleToZeroMinutes = 15
        change.revision = "main"
        change.tags = ["a"]
        try api.update("scorer", change)
        let bodies = machine.transport.sent.map { $0.body ?? "" }
        #expect(
            bodies == [
                #"{"compute":{"scaling":{"maxReplica":4}}}"#,
                #"{"compute":{"scaling":{"scaleToZeroTimeout":15}},"#
                    + #""model":{"revision":"main","env":{"E":"\"1\""},"secrets":{"S":"v"}},"tags":["a"]}"#,
            ])
        #expect(bodies.allSatisfy { !$0.contains("null") && !$0.contains("credentials") })
    }

    @Test("an update whose answer is lost may have happened")
    func lost() throws {
        let (api, _) = try Self.scene([.failure("PUT \(Self.base)/scorer", .timeout)])
        var change = EndpointChange()
        change.revision = "main"
        let failure = try RotationFixtures.failure { try api.update("scorer", change) }
        #expect(failure.kind == .ambiguous)
    }
}

@Suite("fleet: health of an endpoint")
struct EndpointHealthTests {
    private static let start = Uptime(sinceStart: .seconds(1_000))

    private static func end(
        of states: [String], before: String = "running", secondsEach: Int = 1, url: HTTPURL? = nil
    ) -> SpaceHealth.Next? {
        var health = EndpointHealth(
            Health(timeout: 600, url: url), settle: 20, before: EndpointState(state: before), since: start)
        var next: SpaceHealth.Next?
        for (index, state) in states.enumerated() {
            let now = start + .seconds(index * secondsEach)
            next = health.observe(EndpointState(state: state, updatedAt: "\(index)"), at: now)
        }
        return next
    }

    private static func waits(_ next: SpaceHealth.Next?) -> Bool { if case .look = next { true } else { false } }

    @Test("running with a new time right after the update is the deployment before it")
    func stale() {
        #expect(Self.waits(Self.end(of: ["running", "running"])))
        #expect(Self.end(of: ["running", "updating", "running"]) == .healthy("running"))
        #expect(Self.end(of: ["running", "running"], secondsEach: 20) == .healthy("running"))
    }

    @Test(
        "an endpoint that is scaled to zero or paused stays so, and is not asked",
        arguments: ["scaledToZero", "paused"])
    func still(state: String) throws {
        let page = try #require(HTTPURL("https://scorer.example/health"))
        #expect(
            Self.end(of: [state, state], before: state, secondsEach: 20, url: page) == .healthy("\(state), as before"))
        #expect(Self.waits(Self.end(of: ["scaledToZero", "paused"], before: "running", secondsEach: 20, url: page)))
    }

    @Test("one that falls asleep after the update is as healthy as it can be shown to be, and is not asked")
    func fallsAsleep() throws {
        let page = try #require(HTTPURL("https://scorer.example/health"))
        let asleep = SpaceHealth.Next.healthy("scaledToZero after the update, and not seen to run with it")
        #expect(Self.end(of: ["updating", "scaledToZero"], url: page) == asleep)

        var health = EndpointHealth(
            Health(timeout: 600, url: page), settle: 20, before: EndpointState(state: "running", updatedAt: "a"),
            revision: "r2", since: Self.start)
        func look(_ seconds: Int, _ updatedAt: String?, _ revision: String?) -> SpaceHealth.Next {
            health.observe(
                EndpointState(state: "scaledToZero", updatedAt: updatedAt, revision: revision),
                at: Self.start + .seconds(seconds))
        }
        // Before it has settled, without the new time, and with another revision than the one that was asked for.
        #expect(Self.waits(look(1, "b", "r2")))
        #expect(Self.waits(look(30, "a", "r2")))
        #expect(Self.waits(look(31, nil, "r2")))
        #expect(Self.waits(look(32, "b", "r1")))
        #expect(Self.waits(look(33, "b", nil)))
        #expect(look(34, "b", "r2") == asleep)
    }

    @Test("fails where the service says so", arguments: ["failed", "updateFailed"])
    func failed(state: String) {
        #expect(Self.end(of: ["updating", state]) == .unhealthy("is \(state)"))
        #expect(Self.waits(Self.end(of: [state])))
    }

    @Test("an unknown state is no health")
    func unknown() {
        #expect(Self.end(of: ["updating", "dreaming"], secondsEach: 600) == .unhealthy("is dreaming after 600 s"))
    }
}
