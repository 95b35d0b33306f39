internal import Synchronization

/// The place for the answer to one ``ServeRequest``, to be filled once, now or later, by any thread.
package final class ServeReply: Sendable {
    private enum State {
        /// The request is being handed over, and the thread that does so looks here when it has done.
        case handedOver
        case awaited
        case given(ServeAnswer)
        /// Somebody has the answer, or nobody wants it any more.
        case over
    }

    private let state = Mutex(State.handedOver)
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    /// Gives the answer, of which the first one counts.
    package func send(_ answer: ServeAnswer) {
        let mustWake = state.withLock { state in
            switch state {
            case .handedOver:
                state = .given(answer)
                return false
            case .awaited:
                state = .given(answer)
                return true
            case .given, .over: return false
            }
        }
        if mustWake { wake() }
    }

    /// Whether somebody still waits for an answer: the web server may have closed the connection.
    package var isWanted: Bool {
        state.withLock { state in
            if case .over = state { false } else { true }
        }
    }

    /// Returns the answer if it is there, or nil; from then on ``send(_:)`` wakes the connection.
    func take() -> ServeAnswer? {
        state.withLock { state in
            switch state {
            case .given(let answer):
                state = .over
                return answer
            case .handedOver, .awaited:
                state = .awaited
                return nil
            case .over: return nil
            }
        }
    }

    func cancel() { state.withLock { $0 = .over } }
}
