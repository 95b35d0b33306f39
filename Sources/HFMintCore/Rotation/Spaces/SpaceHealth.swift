/// Watches a Space after writes, until its health was seen after them.
///
/// A Space names no start time and no generation, so "RUNNING" right after a write may tell of the process before it.
/// Until an intermediate stage was seen, or the settle time has passed, a good stage counts for nothing. Then the Space
/// must run, or sleep or pause if it did before; the commit that runs must be the one from before; and the app's own
/// page must answer 200. An unknown stage is no health, and is shown.
///
/// It asks nobody: the caller shows it what was observed, and does what it says next.
///
/// ```swift
/// var health = SpaceHealth(health, settle: 20, before: runtime, since: clock.uptime())
/// switch health.observe(runtime, at: clock.uptime()) { … }
/// ```
package struct SpaceHealth: Equatable, Sendable {
    package enum Next: Equatable, Sendable {
        /// Look again after this many seconds.
        case look(inSeconds: Int)
        /// Ask the app's page, without a credential, and tell ``answered(_:at:)`` what came.
        case ask(HTTPURL)
        /// - Parameter words: what was seen, without the Space's name: `RUNNING`.
        case healthy(_ words: String)
        /// - Parameter clause: follows the Space's name: "is in RUNTIME_ERROR".
        case unhealthy(_ clause: String)
    }

    private let before: SpaceRuntime?
    private var patience: HealthPatience
    /// Whether a stage was seen that only a restart after the writes can explain.
    private var hasSeenRestart = false

    /// The stage of the last look.
    var stage: String { patience.stage }

    /// - Parameters:
    ///   - settle: how long a good stage counts for nothing unless a restart was seen, in seconds.
    ///   - before: the Space before the first write; nil if nobody looked.
    ///   - start: the moment of the last write.
    package init(_ health: Health, settle: Int, before: SpaceRuntime?, since start: Uptime) {
        self.before = before
        patience = HealthPatience(health, settle: settle, since: start)
    }

    /// How long a good stage counts for nothing where the manifest does not say it, in seconds.
    package static let usualSettle = 20

    /// Takes what the Hub shows now.
    package mutating func observe(_ runtime: SpaceRuntime, at now: Uptime) -> Next {
        patience.see(runtime.stage, "is in \(runtime.stage)")
        let isAsBefore = before.map { $0.stage.utf8.elementsEqual(runtime.stage.utf8) } ?? false
        if SpaceRuntime.intermediate.contains(runtime.stage) {
            // A start that was under way before the writes is none of theirs.
            if !(before.map { SpaceRuntime.intermediate.contains($0.stage) } ?? false) { hasSeenRestart = true }
            return patience.wait(at: now)
        }
        guard hasSeenRestart || patience.hasSettled(at: now) else { return patience.wait(at: now) }
        // Who asks for the page of a Space that sleeps wakes it.
        if ["PAUSED", "STOPPED", "SLEEPING"].contains(runtime.stage), isAsBefore {
            return .healthy("\(runtime.stage), as before")
        }
        if runtime.stage == "SLEEPING", before == nil { return .healthy("SLEEPING") }
        if SpaceRuntime.failed.contains(runtime.stage) || runtime.stage == "PAUSED" {
            return .unhealthy("is in \(runtime.stage)")
        }
        guard runtime.stage == "RUNNING" else { return patience.wait(at: now) }
        if let then = runningBefore, let sha = runtime.sha, !sha.utf8.elementsEqual(then.utf8) {
            return .unhealthy("runs another commit than before the write, so that its health says nothing of it")
        }
        return patience.up
    }

    /// Takes the status with which the app's page answered; nil if no answer came.
    ///
    /// A redirect is not followed, and is no 200.
    package mutating func answered(_ status: Int?, at now: Uptime) -> Next { patience.answered(status, at: now) }

    /// Takes that the Hub could not be asked.
    package mutating func unobserved(at now: Uptime) -> Next { patience.unobserved(at: now) }

    /// The commit that ran before, unless another one was on its way already.
    private var runningBefore: String? {
        before.flatMap { ["RUNNING", "SLEEPING"].contains($0.stage) ? $0.sha : nil }
    }
}

/// How long a health is waited for, and how often it is looked at.
struct HealthPatience: Equatable, Sendable {
    private let health: Health
    private let settle: Int
    private let start: Uptime
    private(set) var stage = "not seen"
    /// What was seen last, for the message at the end.
    private var last = "did not show its stage"
    private var page = ""
    private var looks = 0

    init(_ health: Health, settle: Int, since start: Uptime) {
        self.health = health
        self.settle = settle
        self.start = start
    }

    mutating func see(_ stage: String, _ words: String) { (self.stage, last, page) = (stage, words, "") }

    /// What comes after a stage in which the app runs: its page, if that must answer too.
    var up: SpaceHealth.Next { health.url.map { .ask($0) } ?? .healthy(stage) }

    mutating func answered(_ status: Int?, at now: Uptime) -> SpaceHealth.Next {
        if status == 200 { return .healthy("\(stage), and its page answers 200") }
        page = ", and its page \(status.map { "answers \($0)" } ?? "does not answer")"
        return wait(at: now)
    }

    mutating func unobserved(at now: Uptime) -> SpaceHealth.Next {
        stage = "not seen"
        return wait(at: now)
    }

    /// Whether so much time has passed that what is seen may be believed.
    func hasSettled(at now: Uptime) -> Bool { now - start >= .seconds(settle) }

    mutating func wait(at now: Uptime) -> SpaceHealth.Next {
        guard now - start < .seconds(health.timeout) else {
            return .unhealthy("\(last)\(page) after \(health.timeout) s")
        }
        looks += 1
        // An app that starts at once is seen soon, and one that builds for long costs few requests.
        return .look(inSeconds: looks < 5 ? 2 : looks < 20 ? 5 : 10)
    }
}

extension SpaceHealth {
    /// Looks once at the Space, and at its page if that is next.
    ///
    /// - Throws: what must not be waited for: a credential that is refused, or a Space that is gone.
    mutating func look(at space: SpaceAPI) throws(StepFailure) -> Next {
        let clock = space.api.context.clock
        let next: Next
        do throws(StepFailure) {
            next = observe(try space.runtime(), at: clock.uptime())
        } catch {
            guard case .transient = error.kind else { throw error }
            return unobserved(at: clock.uptime())
        }
        guard case .ask(let url) = next else { return next }
        return answered(space.api.context.status(of: url), at: clock.uptime())
    }
}

extension Context {
    /// Returns the status of a page that is asked for without a credential, or nil if no answer came.
    func status(of url: HTTPURL) -> Int? {
        var limits = HTTPLimits.default
        limits.totalMilliseconds = 10_000
        limits.bodyByteCount = 4 << 20
        do throws(TransportError) {
            return try send(HTTPRequest(.get, url), limits: limits).status
        } catch {
            return nil
        }
    }
}

/// A Space that a rotation waits for: how it was before the write, and what has been seen since.
package struct SpaceWatch: Sendable {
    private let space: SpaceAPI
    private let health: Health
    private let before: SpaceRuntime?
    private var seen: SpaceHealth?
    private var end: SpaceHealth.Next?

    /// Whether the Space was seen healthy, so that another write needs another watch.
    var isOver: Bool { end != nil }

    init(_ space: SpaceAPI, _ health: Health, before: SpaceRuntime?) {
        self.space = space
        self.health = health
        self.before = before
    }

    /// Looks once, and asks nobody once the Space was seen healthy; the first look begins the watch.
    mutating func look() throws(StepFailure) -> SpaceHealth.Next {
        if let end { return end }
        let clock = space.api.context.clock
        var seen =
            seen
            ?? SpaceHealth(health, settle: SpaceHealth.usualSettle, before: before, since: clock.uptime())
        let next = try seen.look(at: space)
        self.seen = seen
        if case .healthy = next { end = next }
        return next
    }
}
