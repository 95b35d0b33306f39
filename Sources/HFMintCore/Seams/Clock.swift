/// Time: what the wall says, how long something took, and waiting.
package protocol Clock: Sendable {
    func now() -> Timestamp

    /// Time since an arbitrary moment; it never goes back.
    func uptime() -> Duration

    func sleep(for duration: Duration)
}
