/// A seam that runs a command as a child, so that hfmint's caller sees no difference.
package protocol Supervisor: Sendable {
    /// Starts `command`, passes signals on, and waits for its end.
    ///
    /// TERM, HUP, USR1, USR2 and CONT are passed on. INT, QUIT and TSTP are ignored, because the terminal sends them to
    /// the command too. The command starts with the signal mask, the dispositions and the limits that hfmint was
    /// started with. While it runs, a thread calls `renewal` whenever the wait that it returned last is over, until it
    /// returns nil.
    ///
    /// - Returns: the exit status as shells report it: 128 + the signal if a signal ended the command.
    func run(_ command: SupervisedCommand, renewal: Renewal?) throws(ProcessFailure) -> Int32

    /// Replaces this process with `command`; returns only if that fails.
    func become(_ command: SupervisedCommand) -> ProcessFailure
}

package struct SupervisedCommand: Sendable {
    package let arguments: [String]
    /// The variables, each `NAME=value` and a NUL.
    package let environment: [SharedSecret]

    package init(_ arguments: [String], environment: [SharedSecret]) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// Work that is repeated while a supervised command runs.
package struct Renewal: Sendable {
    package let firstWait: Duration
    /// Returns how long to wait before the next call, or nil to end.
    package let renew: @Sendable () -> Duration?
    /// Called instead with the reason if no thread can be started.
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
