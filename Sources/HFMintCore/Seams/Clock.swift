/// Time: what the wall says, how long something took, and waiting.
package protocol Clock: Sendable {
    func now() -> Timestamp

    /// The moment now by the machine's uptime; it never goes back.
    func uptime() -> Uptime

    func sleep(for duration: Duration)
}
