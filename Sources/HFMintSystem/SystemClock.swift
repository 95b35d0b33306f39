import Glibc
package import HFMintCore

/// ``Clock`` of this machine.
package struct SystemClock: Clock {
    package init() {}

    package func now() -> Timestamp {
        Timestamp(secondsSince1970: time(nil))
    }

    package func uptime() -> Duration {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &moment)
        return .seconds(moment.tv_sec) + .nanoseconds(moment.tv_nsec)
    }

    package func sleep(for duration: Duration) {
        var left = timespec(
            tv_sec: Int(duration.components.seconds), tv_nsec: Int(duration.components.attoseconds / 1_000_000_000))
        var rest = timespec()
        while unsafe nanosleep(&left, &rest) != 0 && errno == EINTR { left = rest }
    }
}
