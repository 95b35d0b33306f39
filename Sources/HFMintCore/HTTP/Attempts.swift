/// How often hfmint tries a request, and until when: at most five times, within one deadline.
///
/// ```swift
/// let response = try Attempts(until: deadline).repeating(in: context) { attempts throws(MintError) in
///     try ask(limits: attempts.limits(context.clock))
/// }
/// ```
package struct Attempts: Sendable {
    package static let most = 5

    /// A shorter try would only hide what went wrong with the one before it.
    private static let leastTime = Duration.milliseconds(100)

    private let deadline: Uptime
    private(set) var made = 0

    /// - Parameter deadline: when the whole command must be done.
    package init(until deadline: Uptime) {
        self.deadline = deadline
    }

    /// Calls `body` until it succeeds, or until another try makes no sense.
    ///
    /// - Parameter explain: makes the error to throw of the last failure and the attempts.
    /// - Throws: what `explain` returns, marked as not transient, so that no caller tries again.
    package func repeating<Result>(
        in context: Context, explain: (MintError, Attempts) -> MintError = { error, _ in error },
        _ body: (Attempts) throws(MintError) -> Result
    ) throws(MintError) -> Result {
        var attempts = self
        while true {
            do throws(MintError) {
                return try body(attempts)
            } catch {
                guard !attempts.waitAfterFailure(error, in: context) else { continue }
                var last = explain(error, attempts)
                last.isTransient = false
                throw last
            }
        }
    }

    /// Returns the time until the deadline.
    package func remaining(_ clock: any Clock) -> Duration { deadline - clock.uptime() }

    /// Returns the limits of one request, which end at the deadline at the latest.
    package func limits(_ clock: any Clock) -> HTTPLimits {
        var limits = HTTPLimits.default
        let left = max(1, remaining(clock).milliseconds)
        limits.totalMilliseconds = min(limits.totalMilliseconds, left)
        limits.connectMilliseconds = min(limits.connectMilliseconds, left)
        return limits
    }

    /// Counts a failed try; waits and returns `true` if another try makes sense.
    ///
    /// The wait is drawn from the whole range (full jitter), so that fifty jobs that failed together do not come
    /// back together. A server's `Retry-After` is the least wait. A wait beyond the deadline returns `false` at once.
    ///
    /// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
    package mutating func waitAfterFailure(_ failure: MintError, in context: Context) -> Bool {
        made += 1
        guard failure.isTransient, made < Self.most else { return false }
        let ceiling = min(500 << (made - 1), 8_000)
        let jitter = Int(context.random() % UInt64(ceiling + 1))
        let wait = Duration.milliseconds(max(jitter, (failure.retryAfterSeconds ?? 0) * 1_000))
        guard wait + Self.leastTime <= remaining(context.clock) else { return false }
        context.trace("try \(made) of \(Self.most): \(failure.message); waiting \(wait.milliseconds) ms")
        context.clock.sleep(for: wait)
        return true
    }
}
