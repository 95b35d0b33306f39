@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("health of a Space after a write")
struct SpaceHealthTests {
    private static let start = Uptime(sinceStart: .seconds(1_000))
    private static let running = SpaceRuntime(stage: "RUNNING", sha: "a")
    private static let page = HTTPURL("https://acme-chat.hf.space/health")

    private static func health(
        before: SpaceRuntime? = running, timeout: Int = 600, url: HTTPURL? = nil
    ) -> SpaceHealth {
        SpaceHealth(Health(timeout: timeout, url: url), settle: 20, before: before, since: start)
    }

    /// Shows the stages, a second each, and returns what comes of the last one.
    private static func end(
        of stages: [String], before: SpaceRuntime? = running, secondsEach: Int = 1, sha: String? = "a"
    ) -> SpaceHealth.Next? {
        var health = health(before: before)
        var next: SpaceHealth.Next?
        for (index, stage) in stages.enumerated() {
            next = health.observe(
                SpaceRuntime(stage: stage, sha: sha), at: start + .seconds(index * secondsEach))
        }
        return next
    }

    private static func waits(_ next: SpaceHealth.Next?) -> Bool { if case .look = next { true } else { false } }

    @Test("RUNNING from before the write counts for nothing until it has settled")
    func stale() {
        var health = Self.health()
        #expect(Self.waits(health.observe(Self.running, at: Self.start)))
        #expect(Self.waits(health.observe(Self.running, at: Self.start + .seconds(19))))
        #expect(health.observe(Self.running, at: Self.start + .seconds(20)) == .healthy("RUNNING"))
    }

    @Test("RUNNING after a restart that was seen counts at once", arguments: SpaceRuntime.intermediate)
    func restarted(stage: String) {
        #expect(Self.waits(Self.end(of: ["RUNNING", stage])))
        #expect(Self.end(of: ["RUNNING", stage, "RUNNING"]) == .healthy("RUNNING"))
    }

    @Test("a start that was under way before the write is no sign of it")
    func underWay() {
        let before = SpaceRuntime(stage: "APP_STARTING", sha: "a")
        #expect(Self.waits(Self.end(of: ["APP_STARTING", "RUNNING"], before: before)))
        #expect(Self.end(of: ["APP_STARTING", "RUNNING"], before: before, secondsEach: 20) == .healthy("RUNNING"))
    }

    @Test("an error is one as soon as it can be of the write", arguments: SpaceRuntime.failed + ["PAUSED"])
    func failed(stage: String) {
        #expect(Self.end(of: ["APP_STARTING", stage]) == .unhealthy("is in \(stage)"))
        #expect(Self.waits(Self.end(of: [stage])))
        #expect(Self.end(of: [stage, stage], secondsEach: 20) == .unhealthy("is in \(stage)"))
    }

    @Test("a Space that slept, was paused or stopped may stay so", arguments: ["SLEEPING", "PAUSED", "STOPPED"])
    func still(stage: String) {
        let before = SpaceRuntime(stage: stage)
        #expect(Self.waits(Self.end(of: [stage], before: before)))
        #expect(Self.end(of: [stage, stage], before: before, secondsEach: 20) == .healthy("\(stage), as before"))
        #expect(Self.end(of: ["APP_STARTING", "RUNNING"], before: before) == .healthy("RUNNING"))
    }

    @Test("a Space that ran and falls asleep was not seen healthy")
    func asleep() {
        #expect(Self.waits(Self.end(of: ["APP_STARTING", "SLEEPING"])))
        var health = Self.health()
        let sleeping = SpaceRuntime(stage: "SLEEPING", sha: "a")
        #expect(
            health.observe(sleeping, at: Self.start + .seconds(600)) == .unhealthy("is in SLEEPING after 600 s"))
    }

    @Test("an unknown stage is no health, and is named", arguments: ["DREAMING", "running", "UNKNOWN"])
    func unknown(stage: String) {
        #expect(Self.waits(Self.end(of: ["APP_STARTING", stage])))
        #expect(
            Self.end(of: ["APP_STARTING", stage], secondsEach: 600) == .unhealthy("is in \(stage) after 600 s"))
    }

    @Test("another commit's health is not that of the write")
    func otherCommit() {
        guard case .unhealthy(let clause)? = Self.end(of: ["APP_STARTING", "RUNNING"], sha: "b") else {
            Issue.record("it is healthy")
            return
        }
        #expect(clause.contains("another commit"))
        // One that was being built before the write was expected.
        let building = SpaceRuntime(stage: "RUNNING_BUILDING", sha: "a")
        #expect(
            Self.end(of: ["RUNNING", "RUNNING"], before: building, secondsEach: 20, sha: "b") == .healthy("RUNNING"))
        #expect(Self.end(of: ["APP_STARTING", "RUNNING"], sha: nil) == .healthy("RUNNING"))
    }

    @Test("the page must answer 200, and nothing else will do")
    func asks() throws {
        let page = try #require(Self.page)
        var health = Self.health(url: page)
        #expect(Self.waits(health.observe(SpaceRuntime(stage: "APP_STARTING"), at: Self.start)))
        #expect(health.observe(Self.running, at: Self.start + .seconds(1)) == .ask(page))
        for status in [nil, 204, 302, 404, 503] as [Int?] {
            #expect(Self.waits(health.answered(status, at: Self.start + .seconds(2))))
        }
        #expect(health.answered(200, at: Self.start + .seconds(3)) == .healthy("RUNNING, and its page answers 200"))
        #expect(
            health.answered(503, at: Self.start + .seconds(600))
                == .unhealthy("is in RUNNING, and its page answers 503 after 600 s"))
    }

    @Test("the page of a Space that sleeps is not asked for, as that wakes it")
    func sleepingPage() throws {
        let sleeping = SpaceRuntime(stage: "SLEEPING")
        let page = try #require(Self.page)
        var health = Self.health(before: sleeping, url: page)
        #expect(health.observe(sleeping, at: Self.start + .seconds(20)) == .healthy("SLEEPING, as before"))
    }

    @Test("gives up at its end, whatever it waits for, and says what was seen last")
    func ends() {
        var health = Self.health(timeout: 30)
        let building = SpaceRuntime(stage: "BUILDING")
        #expect(Self.waits(health.observe(building, at: Self.start + .seconds(29))))
        #expect(health.unobserved(at: Self.start + .seconds(30)) == .unhealthy("is in BUILDING after 30 s"))
        var unseen = Self.health(timeout: 30)
        #expect(unseen.unobserved(at: Self.start + .seconds(30)) == .unhealthy("did not show its stage after 30 s"))
    }

    @Test("looks often at first, and seldom later")
    func rate() {
        var health = Self.health(timeout: 10_000)
        var seconds = 0
        var looks = 0
        while seconds < 600 {
            guard case .look(let wait) = health.observe(SpaceRuntime(stage: "BUILDING"), at: Self.start) else { break }
            seconds += wait
            looks += 1
        }
        #expect((60...80).contains(looks))
    }
}
