internal import CLinux
import Glibc
internal import HFMintCore

/// The result of waiting for a descriptor.
enum DescriptorReadiness: Equatable {
    case ready
    /// The time is up.
    case late
    /// The kernel does not let this process wait. The next read or write may fail with EAGAIN.
    case unknown(Errno)

    /// Throws if this process cannot wait, so that no loop spins after EAGAIN.
    func refuseToSpin() throws(Errno) {
        if case .unknown(let failure) = self { throw failure }
    }

    /// Waits until one of the descriptors is ready, or until a signal ends the wait early, as `late`.
    static func wait(for pollers: inout [pollfd], milliseconds: CInt) -> DescriptorReadiness {
        let count = pollers.count
        return unsafe pollers.withUnsafeMutableBufferPointer { pollers in
            var ready = unsafe poll(pollers.baseAddress, nfds_t(count), milliseconds)
            if ready < 0 && Errno.last.isUnsupported {
                unsafe ready = hfmint_linux_poll(pollers.baseAddress, UInt(count), milliseconds)
            }
            if ready < 0 && errno != EINTR { return .unknown(.last) }
            return ready > 0 ? .ready : .late
        }
    }

    /// Waits until `descriptor` is ready, even if signals arrive; for ever if the time is negative.
    static func wait(for descriptor: CInt, _ events: CInt, milliseconds: CInt) -> DescriptorReadiness {
        let clock = SystemClock()
        let deadline = clock.uptime() + .milliseconds(Int(milliseconds))
        var left = milliseconds
        while true {
            var pollers = [pollfd(fd: descriptor, events: Int16(events), revents: 0)]
            let readiness = wait(for: &pollers, milliseconds: left)
            guard readiness == .late, milliseconds < 0 || clock.uptime() < deadline else { return readiness }
            if milliseconds >= 0 { left = CInt(max(1, (deadline - clock.uptime()).milliseconds)) }
        }
    }
}
