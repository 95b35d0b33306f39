internal import Synchronization

/// Work that one thread does, and for whose outcome others wait.
package final class SharedWork<Outcome: Sendable>: Sendable {
    private struct State {
        var outcome: Outcome?
        /// Made when somebody has to wait: who works alone needs none.
        var latch: (any Latch)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Hands `outcome` to everybody who waits for it, or asks for it later.
    ///
    /// Called once, by the thread that did the work.
    package func finish(_ outcome: Outcome) {
        let latch = state.withLock { state in
            state.outcome = outcome
            return state.latch
        }
        latch?.open()
    }

    /// Waits for the outcome; never called by the thread that does the work.
    package func outcome(waitingWith workers: any Workers) -> Outcome {
        let latch = state.withLock { state -> (any Latch)? in
            guard state.outcome == nil else { return nil }
            let latch = state.latch ?? workers.makeLatch()
            state.latch = latch
            return latch
        }
        latch?.wait()
        guard let outcome = state.withLock({ $0.outcome }) else {
            preconditionFailure("work is finished before its latch is opened")
        }
        return outcome
    }
}
