/// When a rotation is due, in UTC.
package struct Schedule: Equatable, Sendable {
    package enum Pattern: Equatable, Sendable {
        case cron(CronExpression)
        /// Seconds between two runs.
        case every(Int)
    }

    package let pattern: Pattern
    /// How long after its slot a run may still begin, in seconds.
    package let window: Int
    /// The longest delay after the slot, in seconds; the delay itself is fixed for each rotation.
    package let jitter: Int

    package init(_ pattern: Pattern, window: Int, jitter: Int) {
        self.pattern = pattern
        self.window = window
        self.jitter = jitter
    }
}
