internal import CLinux
import Glibc
internal import HFMintCore

/// What came of a wait for a descriptor.
enum DescriptorReadiness: Equatable {
    case ready
    /// Not in time.
    case late
    /// This kernel lets nobody wait: whoever reads or writes must bear to be told EAGAIN.
    case unknown(Errno)

    /// - Throws: where nothing is there yet and nobody can wait for it.
    func refuseToSpin() throws(Errno) {
        if case .unknown(let failure) = self { throw failure }
    }

    /// Waits until one of them is ready, or a signal came: then it may be `late` too early.
    static func wait(for pollers: inout [pollfd], milliseconds: CInt) -> DescriptorReadiness {
        let count = pollers.count
        return unsafe pollers.withUnsafeMutableBufferPointer { pollers in
            var ready = unsafe poll(pollers.baseAddress, nfds_t(count), milliseconds)
            if ready < 0 && Errno.last.isMissing {
                unsafe ready = hfmint_linux_poll(pollers.baseAddress, UInt(count), milliseconds)
            }
            if ready < 0 && errno != EINTR { return .unknown(.last) }
            return ready > 0 ? .ready : .late
        }
    }

    /// Waits until `descriptor` is ready, whatever signals come.
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
