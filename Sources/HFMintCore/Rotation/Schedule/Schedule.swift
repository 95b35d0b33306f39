/// When a rotation is due, in UTC.
package struct Schedule: Equatable, Sendable {
    package enum Pattern: Equatable, Sendable {
        case cron(CronExpression)
        /// Seconds between two runs.
        case every(Int)
    }

    /// How often the timers of `rotate schedule` come, in seconds.
    package static let timerPeriod = 900

    package let pattern: Pattern
    /// How long after its slot a run may still begin, in seconds; `nil`: until the next slot.
    package let window: Int?
    /// Fixed for each rotation, so that all machines agree on it and a fleet does not move at once; in seconds.
    package let delay: Int

    /// - Parameter jitter: the longest delay; the delay itself is drawn from the rotation's name.
    package init(_ pattern: Pattern, window: Int? = nil, jitter: Int = 0, name: String) {
        self.pattern = pattern
        self.window = window
        delay = jitter == 0 ? 0 : Self.hash(name) % (jitter + 1)
    }

    private static func hash(_ name: String) -> Int {
        fingerprint([Array(name.utf8)]).utf8.prefix(12).reduce(0) { $0 << 4 | Int($1.hexDigitValue ?? 0) }
    }

    /// What there is to do now.
    package enum Decision: Equatable, Sendable {
        /// Due since this slot.
        case due(slot: Timestamp)
        case waiting(until: Timestamp)
        /// The clock went back behind the last slot: nothing is done until it has caught up.
        case clockWentBack(lastSlot: Timestamp)
    }

    /// - Parameters:
    ///   - anchor: the slot of the last run, else the moment from which the schedule counts: enabling one rotates
    ///     nothing by itself.
    ///   - expiry: of the secret that is in use: one that is about to expire is due whatever the pattern says.
    package func decision(at now: Timestamp, anchor: Timestamp, expiry: Expiry?) -> Decision {
        guard now >= anchor else { return .clockWentBack(lastSlot: anchor) }
        if let expiry, expiry.isNear(now) { return .due(slot: now) }
        guard let slot = latestSlot(after: anchor, until: now) else {
            return .waiting(until: nextSlot(after: anchor) + delay)
        }
        let begins = slot + delay
        guard now >= begins else { return .waiting(until: begins) }
        // Late beyond the window: the next slot is as good, and comes at the hour that was chosen.
        if let window, now > slot + window { return .waiting(until: nextSlot(after: now) + delay) }
        return .due(slot: slot)
    }

    /// The end of the secret that is in use.
    package struct Expiry: Equatable, Sendable {
        let at: Timestamp
        /// When it came into use.
        let since: Timestamp

        package init(at: Timestamp, since: Timestamp) {
            self.at = at
            self.since = since
        }

        /// When less than a week is left, which is time enough for a person.
        ///
        /// Of a short life the last third
        /// counts, so that a fresh secret is not near its end.
        var isNearFrom: Timestamp { at + -min(7 * 86_400, max(0, at - since) / 3) }

        func isNear(_ now: Timestamp) -> Bool { now > isNearFrom }
    }

    /// The latest slot of those that have passed: many missed ones are one.
    private func latestSlot(after anchor: Timestamp, until now: Timestamp) -> Timestamp? {
        switch pattern {
        case .every(let seconds):
            let count = (now - anchor) / seconds
            return count > 0 ? anchor + count * seconds : nil
        case .cron(let expression): return expression.latest(until: now, after: anchor)
        }
    }

    package func nextSlot(after moment: Timestamp) -> Timestamp {
        switch pattern {
        case .every(let seconds): moment + seconds
        case .cron(let expression): expression.next(after: moment)
        }
    }

    /// The next moments at which a run begins, for `rotate plan`.
    package func upcoming(_ count: Int, after moment: Timestamp, anchor: Timestamp) -> [Timestamp] {
        var slots: [Timestamp] = []
        // Slots long past are one missed slot, so an old anchor need not be walked through.
        var last = latestSlot(after: anchor, until: max(anchor, moment + -delay)) ?? anchor
        while slots.count < count {
            last = nextSlot(after: last)
            slots.append(last + delay)
        }
        return slots
    }
}

extension Schedule.Pattern {
    /// The shortest time between two slots, in seconds: a delay as long as it would put every run off for ever.
    package var shortestGap: Int {
        switch self {
        case .every(let seconds): return seconds
        case .cron(let expression):
            var (slot, shortest) = (expression.next(after: Timestamp(secondsSince1970: 0)), Int.max)
            // A shorter gap that comes after so many slots puts single runs off, and not all of them.
            for _ in 0..<64 where slot.secondsSince1970 < 4 * 366 * 86_400 {
                let next = expression.next(after: slot)
                shortest = min(shortest, next - slot)
                slot = next
            }
            return shortest
        }
    }
}
