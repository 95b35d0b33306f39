/// When a failed step of a rotation is tried again, by this process or by a later run.
struct RetryPolicy {
    /// The seconds between the tries of one step: first by this process, then by later runs, about a day in all.
    static let waits = [1, 2, 4, 8, 16, 32, 60, 300, 900, 3_600, 14_400, 28_800, 43_200]

    /// Whether this process has the new secret's value.
    let hasValue: Bool
    /// Whether the value would be lost with this process, although a sink may already use it.
    let holdsOnlyCopy: Bool
    /// The seconds for which a leaked secret still waits for sinks that fail, or nil if it does not wait.
    ///
    /// Within them, the number of tries has no limit, and the next try comes before they end.
    let graceLeft: Int?

    struct Wait {
        let seconds: Int
        /// Whether this process waits; else a later run tries again.
        let isShort: Bool
    }

    /// Returns the wait after the failure of try number `tries`, or nil if a person must look.
    func wait(after failure: StepFailure, tries: Int) -> Wait? {
        guard tries <= Self.waits.count || graceLeft != nil else { return nil }
        let named = failure.retryAfterSeconds ?? 0
        var seconds = max(Self.waits[min(tries, Self.waits.count) - 1], min(named, 86_400))
        if let graceLeft { seconds = min(seconds, holdsOnlyCopy ? min(graceLeft, longestPause) : graceLeft) }
        // A process with the only copy of the value waits as long as a server asks, up to an hour.
        let isShort = seconds <= max(longestPause, holdsOnlyCopy ? min(named, 3_600) : 0)
        return isShort || !holdsOnlyCopy ? Wait(seconds: seconds, isShort: isShort) : nil
    }

    /// The longest wait of this process, in seconds; without the value, a person may be waiting for its end.
    private var longestPause: Int { hasValue ? 60 : 8 }
}
