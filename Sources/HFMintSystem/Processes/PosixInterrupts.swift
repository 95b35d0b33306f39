import Glibc
internal import HFMintCore

/// ``Interrupts`` as blocked signals, which stay pending until somebody asks for them.
package final class PosixInterrupts: Interrupts {
    private let isTaken = Monitor(false)

    package init() {}

    /// The signals, without those that whoever started this process has it ignore, as nohup(1) does.
    private var watched: SignalSet { SignalSet([SIGINT, SIGTERM].filter { !ThisProcess.ignoredAtStart.contains($0) }) }

    package func hold() { _ = watched.block() }

    package var haveArrived: Bool {
        let watched = watched
        let isTaken = isTaken.withLock { isTaken in
            isTaken = isTaken || watched.takeOne()
            return isTaken
        }
        // One thread without the block is enough for the next signal to have its usual effect.
        if isTaken { watched.unblock() }
        return isTaken
    }
}
