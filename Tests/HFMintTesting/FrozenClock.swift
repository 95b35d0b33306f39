package import HFMintCore
import Synchronization

/// A clock that moves only when somebody sleeps, and keeps a record of that.
package final class FrozenClock: Clock {
    private struct State {
        var now: Timestamp
        var uptime = Uptime(sinceStart: .seconds(1_000))
        var sleeps: [Duration] = []
    }

    private let state: Mutex<State>

    /// 2026-11-21T03:04:05Z.
    package static let usualNow = Timestamp(secondsSince1970: 1_795_230_245)

    package init(now: Timestamp = usualNow) {
        state = Mutex(State(now: now))
    }

    package func now() -> Timestamp { state.withLock { $0.now } }

    package func uptime() -> Uptime { state.withLock { $0.uptime } }

    package func sleep(for duration: Duration) {
        state.withLock { $0.sleeps.append(duration) }
        advance(by: duration)
    }

    /// Lets time pass without anybody sleeping.
    package func advance(by duration: Duration) {
        state.withLock { state in
            state.uptime = state.uptime + duration
            state.now = state.now + Int(duration.components.seconds)
        }
    }

    /// Somebody sets it, or it sets itself: what counts time alone does not notice.
    package func set(to now: Timestamp) { state.withLock { $0.now = now } }

    package var sleeps: [Duration] { state.withLock { $0.sleeps } }
}
