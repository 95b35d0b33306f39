/// How often and how long hfmint tries.
package struct Attempts: Sendable {
    package static let most = 5

    /// A try that has less time than this would only hide what went wrong with the one before.
    private static let leastTime = Duration.milliseconds(100)

    private let deadline: Uptime
    private(set) var made = 0

    /// - Parameter deadline: when the whole command must be done.
    package init(until deadline: Uptime) {
        self.deadline = deadline
    }

    /// Calls `body` until it succeeds, or until there is no reason to try again.
    ///
    /// - Parameter told: what is said of the last failure, after so many attempts.
    /// - Throws: what `told` returns, as an error that is not transient: it has been tried often enough.
    package func repeating<Result>(
        in context: Context, told: (MintError, Attempts) -> MintError = { error, _ in error },
        _ body: (Attempts) throws(MintError) -> Result
    ) throws(MintError) -> Result {
        var attempts = self
        while true {
            do throws(MintError) {
                return try body(attempts)
            } catch {
                guard !attempts.waitAfterFailure(error, in: context) else { continue }
                var last = told(error, attempts)
                last.isTransient = false
                throw last
            }
        }
    }

    package func remaining(_ clock: any Clock) -> Duration { deadline - clock.uptime() }

    /// The limits of one request: never longer than what is left.
    package func limits(_ clock: any Clock) -> HTTPLimits {
        var limits = HTTPLimits.default
        let left = max(1, remaining(clock).milliseconds)
        limits.totalMilliseconds = min(limits.totalMilliseconds, left)
        limits.connectMilliseconds = min(limits.connectMilliseconds, left)
        return limits
    }

    /// Counts a failed try, then waits and returns `true`, if there is reason to try again.
    ///
    /// The wait is drawn from the whole range (full jitter), so that fifty jobs that failed together do not come
    /// back together; a server's `Retry-After` is a lower bound, and one beyond the deadline ends it at once.
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
