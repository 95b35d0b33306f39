internal import Synchronization

/// Work that one thread does, while others wait for its value.
package final class SharedWork<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        /// The latch of the threads that wait, made by the first of them.
        var latch: (any Latch)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Gives `value` to all threads that wait for it now or later.
    ///
    /// The thread that does the work calls it once.
    package func finish(_ value: Value) {
        let latch = state.withLock { state in
            state.value = value
            return state.latch
        }
        latch?.open()
    }

    /// Waits for the value, and returns it.
    ///
    /// The thread that does the work must not call it.
    package func value(waitingWith workers: any Workers) -> Value {
        let latch = state.withLock { state -> (any Latch)? in
            guard state.value == nil else { return nil }
            let latch = state.latch ?? workers.makeLatch()
            state.latch = latch
            return latch
        }
        latch?.wait()
        guard let value = state.withLock({ $0.value }) else {
            preconditionFailure("work is finished before its latch is opened")
        }
        return value
    }
}
