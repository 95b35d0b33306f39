import Glibc

/// A system call that the network needs and that a sandbox forbids to this process.
///
/// A sandbox forbids it by seccomp(2), by Landlock, or by removing an address family. These failures differ from those
/// of a server that is down, a name without an address, and a firewall.
struct NetworkRefusal {
    let call: String
    let reason: String

    /// Returns the call that is forbidden, or nil.
    ///
    /// - Parameter code: the errno of the last connect(2), or 0.
    /// - Parameter port: the port of the connection, because a sandbox may allow some ports alone.
    static func find(after code: Int, port: Int) -> NetworkRefusal? {
        if let found = find(port) { return found }
        // These say that no packet may leave. EACCES may be about one route among several.
        let failure = Errno(code: CInt(truncatingIfNeeded: code))
        return [EPERM, ENOSYS].contains(failure.code) ? NetworkRefusal("connect", failure) : nil
    }

    /// Tries each call with a socket that connects to this machine, and returns the one that is forbidden, or nil.
    private static func find(_ port: Int) -> NetworkRefusal? {
        var number: CInt = -1
        var failure = Errno(code: 0)
        for family in [AF_INET, AF_INET6] where number < 0 {
            // 1 is SOCK_STREAM, whose type differs when libc is linked statically.
            number = socket(family, 1 | O_CLOEXEC | O_NONBLOCK, 0)
            guard number < 0 else { break }
            failure = .last
            // A shortage of descriptors or of memory will pass.
            guard failure.isFromSandbox || failure.code == EAFNOSUPPORT else { return nil }
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
        if connected != 0, Errno.last.isFromSandbox { return NetworkRefusal("connect", .last) }
        if poll(nil, 0, 0) != 0, Errno.last.isFromSandbox { return NetworkRefusal("poll", .last) }
        return nil
    }

    init(_ call: String, _ failure: Errno) {
        self.call = call
        reason = failure.reason
    }
}

extension Errno {
    /// Whether a sandbox may have refused the call.
    fileprivate var isFromSandbox: Bool { [EPERM, EACCES, ENOSYS].contains(code) }
}
