internal import HFMintCore

/// Limits how many requests go to one host at once.
final class HostGate: Sendable {
    private let most: Int
    private let inFlight = Monitor<[Origin: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// Waits until another request to this host may start.
    func enter(_ origin: Origin) {
        inFlight.wait { inFlight in
            guard inFlight[origin, default: 0] < most else { return false }
            inFlight[origin, default: 0] += 1
            return true
        }
    }

    func leave(_ origin: Origin) {
        inFlight.change { inFlight in
            inFlight[origin, default: 1] -= 1
            if inFlight[origin] == 0 { inFlight[origin] = nil }
        }
    }
}
