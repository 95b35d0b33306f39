/// The signals by which a person or a CI system asks a command to stop: SIGINT and SIGTERM.
///
/// A command that must not be cut off within a write holds them back, and asks for them between two writes.
package protocol Interrupts: Sendable {
    /// Holds the signals back from now on; to be called before a thread is started.
    func hold()

    /// Whether one of them has arrived since ``hold()``; after a yes, the next one ends the process at once.
    var haveArrived: Bool { get }
}

/// No signal is held back, and none arrives.
package struct NoInterrupts: Interrupts {
    package init() {}

    package func hold() {}

    package var haveArrived: Bool { false }
}
