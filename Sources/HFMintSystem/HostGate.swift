import Glibc
internal import HFMintCore
internal import Synchronization

/// At most so many requests at once to one host.
final class HostGate: Sendable {
    private let most: Int
    private let inFlight = Mutex<[Origin: Int]>([:])
    private let clock = SystemClock()

    init(most: Int) {
        self.most = most
    }

    /// Waits until there is room.
    func enter(_ origin: Origin) {
        while true {
            let entered = inFlight.withLock { inFlight in
                guard inFlight[origin, default: 0] < most else { return false }
                inFlight[origin, default: 0] += 1
                return true
            }
            if entered { return }
            clock.sleep(for: .milliseconds(1))
        }
    }

    func leave(_ origin: Origin) {
        inFlight.withLock { inFlight in
            inFlight[origin, default: 1] -= 1
            if inFlight[origin] == 0 { inFlight[origin] = nil }
        }
    }
}
