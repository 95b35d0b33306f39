/// A moment by the machine's uptime, which nobody sets: a deadline is one, and the time between two is a `Duration`.
package struct Uptime: Comparable, Sendable {
    /// The time since an arbitrary moment, such as the machine's start.
    package let sinceStart: Duration

    package init(sinceStart: Duration) { self.sinceStart = sinceStart }

    package static func < (left: Uptime, right: Uptime) -> Bool { left.sinceStart < right.sinceStart }

    package static func + (moment: Uptime, length: Duration) -> Uptime {
        Uptime(sinceStart: moment.sinceStart + length)
    }

    package static func - (left: Uptime, right: Uptime) -> Duration { left.sinceStart - right.sinceStart }
}
