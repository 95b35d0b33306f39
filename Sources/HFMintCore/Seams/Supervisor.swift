/// Runs a program in this one's place: it is our child, and the caller must not notice.
package protocol Supervisor: Sendable {
    /// Starts `command`, passes signals on, and waits for its end.
    ///
    /// INT, QUIT and TSTP reach it from the terminal by themselves, and are ignored here; TERM, HUP, USR1, USR2 and
    /// CONT are passed on. It starts with the signal mask, the dispositions and the limits that hfmint was started
    /// with. While it lives, `renewal` is called on a thread of its own whenever the wait that it last answered is
    /// over; `nil` ends that.
    ///
    /// - Returns: as shells report it: its status, or 128 + the signal that ended it.
    func run(_ command: SupervisedCommand, renewal: Renewal?) throws(ProcessFailure) -> Int32

    /// Becomes `command`; returns only if that is impossible.
    func become(_ command: SupervisedCommand) -> ProcessFailure
}

package struct SupervisedCommand: Sendable {
    package let arguments: [String]
    /// Each `NAME=value` and a NUL.
    package let environment: [SharedSecret]

    package init(_ arguments: [String], environment: [SharedSecret]) {
        self.arguments = arguments
        self.environment = environment
    }
}

package struct Renewal: Sendable {
    package let firstWait: Duration
    /// Answers how long to wait before the next call.
    package let renew: @Sendable () -> Duration?
    /// Called instead, with the reason, where there is no thread to renew on.
    package let giveUp: @Sendable (String) -> Void

    package init(
        firstWait: Duration, renew: @escaping @Sendable () -> Duration?,
        giveUp: @escaping @Sendable (String) -> Void
    ) {
        self.firstWait = firstWait
        self.renew = renew
        self.giveUp = giveUp
    }
}
