import Glibc
package import HFMintCore

/// The ``Clock`` of this machine.
package struct SystemClock: Clock {
    package init() {}

    package func now() -> Timestamp {
        Timestamp(secondsSince1970: time(nil))
    }

    package func uptime() -> Uptime {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &moment)
        return Uptime(sinceStart: .seconds(moment.tv_sec) + .nanoseconds(moment.tv_nsec))
    }

    package func sleep(for duration: Duration) {
        var left = timespec(
            tv_sec: Int(duration.components.seconds), tv_nsec: Int(duration.components.attoseconds / 1_000_000_000))
        var rest = timespec()
        while unsafe nanosleep(&left, &rest) != 0 {
            guard errno == EINTR else {
                return idle(until: uptime() + .seconds(left.tv_sec) + .nanoseconds(left.tv_nsec))
            }
            left = rest
        }
    }

    /// Waits until `end` in a process that may not sleep, so that no waiting loop spins.
    private func idle(until end: Uptime) {
        while true {
            let left = end - uptime()
            guard left > .zero else { return }
            var none: [pollfd] = []
            let milliseconds = CInt(min(max(1, left.milliseconds), 1_000))
            if case .unknown = DescriptorReadiness.wait(for: &none, milliseconds: milliseconds) {
                sched_yield()
            }
        }
    }
}
