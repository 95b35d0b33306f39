import Glibc

/// A call without which nobody uses the network, and that this process may not make.
///
/// Sandboxes say so by seccomp(2), by Landlock, or by an address family that there is none of; a server that is away, a
/// name without an address and a firewall have other words.
struct NetworkRefusal {
    let call: String
    let reason: String

    /// - Parameter code: what connect(2) said last, or 0.
    /// - Parameter port: where the connection was to go: a sandbox may allow some ports alone.
    static func find(after code: Int, port: Int) -> NetworkRefusal? {
        if let found = find(port) { return found }
        // So it answers where no packet may leave. EACCES is also said of one route among several.
        let failure = Errno(code: CInt(truncatingIfNeeded: code))
        return [EPERM, ENOSYS].contains(failure.code) ? NetworkRefusal("connect", failure) : nil
    }

    /// Looks for one with a socket that reaches no further than this machine; `nil` where there is none.
    private static func find(_ port: Int) -> NetworkRefusal? {
        var number: CInt = -1
        var failure = Errno(code: 0)
        for family in [AF_INET, AF_INET6] where number < 0 {
            // SOCK_STREAM, which has another type where libc is linked statically.
            number = socket(family, 1 | O_CLOEXEC | O_NONBLOCK, 0)
            guard number < 0 else { break }
            failure = .last
            // Want of descriptors or of memory passes.
            guard failure.isOfSandbox || failure.code == EAFNOSUPPORT else { return nil }
        }
        guard number >= 0 else { return NetworkRefusal("socket", failure) }
        let descriptor = Descriptor(adopting: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let connected = unsafe withUnsafeBytes(of: &address) { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return CInt(0) }
            return unsafe connect(descriptor.number, start, socklen_t(bytes.count))
        }
        if connected != 0, Errno.last.isOfSandbox { return NetworkRefusal("connect", .last) }
        if poll(nil, 0, 0) != 0, Errno.last.isOfSandbox { return NetworkRefusal("poll", .last) }
        return nil
    }

    init(_ call: String, _ failure: Errno) {
        self.call = call
        reason = failure.reason
    }
}

extension Errno {
    var isOfSandbox: Bool { [EPERM, EACCES, ENOSYS].contains(code) }
}
