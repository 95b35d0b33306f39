/// When a rotation is due, in UTC.
///
/// A schedule is a pattern of slots: a `CronExpression` of five `CronField`s, or a period. `timing(at:anchor:expiry:)`
/// says whether a run is due now. `nextRuns` lists the next ones for a person. Missed slots count as one. A schedule
/// reads no clock, and begins nothing by itself.
///
/// ```swift
/// let schedule = Schedule(.every(30 * 86_400), name: "app")
/// if case .due(let slot) = schedule.timing(at: now, anchor: lastSlot, expiry: nil) { begin(slot) }
/// ```
package struct Schedule: Equatable, Sendable {
    package enum Pattern: Equatable, Sendable {
        case cron(CronExpression)
        /// Seconds between two runs.
        case every(Int)
    }

    /// The period of the timers that `rotate schedule` writes, in seconds.
    package static let timerPeriod = 900

    package let pattern: Pattern
    /// How long after its slot a run may still begin, in seconds; `nil` allows it until the next slot.
    package let window: Int?
    /// The seconds from a slot to its run: fixed for each rotation, so that all machines agree.
    package let delay: Int

    /// - Parameter jitter: the longest delay, in seconds. The rotation's name determines the delay.
    package init(_ pattern: Pattern, window: Int? = nil, jitter: Int = 0, name: String) {
        self.pattern = pattern
        self.window = window
        delay = jitter == 0 ? 0 : Self.hash(name) % (jitter + 1)
    }

    private static func hash(_ name: String) -> Int {
        fingerprint([Array(name.utf8)]).utf8.prefix(12).reduce(0) { $0 << 4 | Int($1.hexDigitValue ?? 0) }
    }

    /// Whether a run is due.
    package enum Timing: Equatable, Sendable {
        case due(slot: Timestamp)
        case waiting(until: Timestamp)
        /// The clock is behind the last slot. No run is due until it has caught up.
        case clockWentBack(lastSlot: Timestamp)
    }

    /// Says whether a run is due.
    ///
    /// - Parameters:
    ///   - anchor: the slot of the last run, else the moment from which the schedule counts.
    ///   - expiry: the end of the secret in use. A run is due when it is near, whatever the pattern says.
    package func timing(at now: Timestamp, anchor: Timestamp, expiry: Expiry?) -> Timing {
        guard now >= anchor else { return .clockWentBack(lastSlot: anchor) }
        if let expiry, expiry.isNear(now) { return .due(slot: now) }
        guard let slot = latestSlot(after: anchor, until: now) else {
            return .waiting(until: nextSlot(after: anchor) + delay)
        }
        let begins = slot + delay
        guard now >= begins else { return .waiting(until: begins) }
        // After the window, the run waits for the next slot, which is at the hour that was chosen.
        if let window, now > slot + window { return .waiting(until: nextSlot(after: now) + delay) }
        return .due(slot: slot)
    }

    /// The end of the secret that is in use.
    package struct Expiry: Equatable, Sendable {
        let at: Timestamp
        /// When the secret came into use.
        let since: Timestamp

        /// A week before the end, which leaves a person time to act, or the last third of a shorter life.
        var isNearFrom: Timestamp { at + -min(7 * 86_400, max(0, at - since) / 3) }

        func isNear(_ now: Timestamp) -> Bool { now > isNearFrom }
    }

    /// Returns the latest slot after `anchor` that has passed, or nil if none has.
    private func latestSlot(after anchor: Timestamp, until now: Timestamp) -> Timestamp? {
        switch pattern {
        case .every(let seconds):
            let count = (now - anchor) / seconds
            return count > 0 ? anchor + count * seconds : nil
        case .cron(let expression): return expression.latest(until: now, after: anchor)
        }
    }

    /// Returns the first slot after `moment`, from which a period counts.
    package func nextSlot(after moment: Timestamp) -> Timestamp {
        switch pattern {
        case .every(let seconds): moment + seconds
        case .cron(let expression): expression.next(after: moment)
        }
    }

    /// Returns the next moments at which a run begins, without regard to an expiry.
    package func upcoming(_ count: Int, after moment: Timestamp, anchor: Timestamp) -> [Timestamp] {
        var slots: [Timestamp] = []
        // All missed slots count as one, so the loop skips them.
        var last = latestSlot(after: anchor, until: max(anchor, moment + -delay)) ?? anchor
        while slots.count < count {
            last = nextSlot(after: last)
            slots.append(last + delay)
        }
        return slots
    }
}

extension Schedule.Pattern {
    /// The shortest time between two slots, in seconds; a longer delay would put every run off for ever.
    package var shortestGap: Int {
        switch self {
        case .every(let seconds): return seconds
        case .cron(let expression):
            var (slot, shortest) = (expression.next(after: Timestamp(secondsSince1970: 0)), Int.max)
            // A shorter gap after 64 slots puts off single runs only.
            for _ in 0..<64 where slot.secondsSince1970 < 4 * 366 * 86_400 {
                let next = expression.next(after: slot)
                shortest = min(shortest, next - slot)
                slot = next
            }
            return shortest
        }
    }
}
