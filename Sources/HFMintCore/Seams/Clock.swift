/// A clock that tells the time of day, measures how long something took, and waits.
package protocol Clock: Sendable {
    func now() -> Timestamp

    /// Returns the moment now by the machine's uptime, which never goes back.
    func uptime() -> Uptime

    func sleep(for duration: Duration)
}
