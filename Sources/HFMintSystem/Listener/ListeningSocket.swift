internal import CLinux
import Glibc
internal import HFMintCore

/// A Unix socket at which this process accepts connections.
final class ListeningSocket: Sendable {
    /// How many connections may wait to be accepted: the kernel's limit, if `net.core.somaxconn` is lower.
    ///
    /// A connection that finds no room fails at once in nginx.
    private static let backlog: CInt = 4_096

    /// SOCK_STREAM, which is declared in another way where libc is linked statically.
    private static let streamType: CInt = 1

    private let descriptor: Descriptor
    /// The path of a socket that this process made, with what it then was.
    private let made: (path: String, inode: UInt64)?

    private init(_ descriptor: consuming Descriptor, made: (path: String, inode: UInt64)? = nil) {
        self.descriptor = descriptor
        self.made = made
    }

    var number: CInt { descriptor.number }

    /// Whether this process made it.
    var isOwn: Bool { made != nil }

    /// Returns the next connection, or throws `EAGAIN` if there is none.
    func accept() throws(Errno) -> Descriptor {
        let number = hfmint_linux_accept(descriptor.number)
        guard number >= 0 else { throw .last }
        return Descriptor(adopting: number)
    }

    /// Removes the path, if this process made it and it still names this socket.
    func removePath() {
        guard let made, let status = try? FileStatus({ unsafe lstat(made.path, &$0) }) else { return }
        if status.kind == .socket && status.inode == made.inode { _ = unsafe unlink(made.path) }
    }

    // MARK: Inherited sockets

    /// Returns the sockets that this process was started with.
    ///
    /// systemd passes them as descriptors from 3 on (<https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html>), and
    /// spawn-fcgi as descriptor 0 (<https://fastcgi-archives.github.io/FastCGI_Specification.html#S2.2>).
    static func inherited(_ environment: Environment) throws(FileFailure) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        for number in inheritedNumbers(environment) {
            let name = "descriptor \(number)"
            guard option(SO_ACCEPTCONN, of: number) == 1 else { throw FileFailure(name, "it is no listening socket") }
            // Whoever reaches a port may set any parameter.
            guard option(SO_DOMAIN, of: number) == AF_UNIX else { throw FileFailure(name, "it is no Unix socket") }
            guard option(SO_TYPE, of: number) == streamType else {
                throw FileFailure(name, "it is no stream socket")
            }
            try naming(name) { () throws(Errno) in try prepare(number) }
            sockets.append(ListeningSocket(Descriptor(adopting: number)))
        }
        return sockets
    }

    static func hasInherited(_ environment: Environment) -> Bool { !inheritedNumbers(environment).isEmpty }

    private static func inheritedNumbers(_ environment: Environment) -> [CInt] {
        // The variables are another process's if LISTEN_PID names another one.
        if environment["LISTEN_PID"] == "\(getpid())", let count = environment["LISTEN_FDS"].flatMap({ CInt($0) }) {
            return (1...64).contains(count) ? Array(3..<3 + count) : []
        }
        return option(SO_ACCEPTCONN, of: STDIN_FILENO) == 1 ? [STDIN_FILENO] : []
    }

    private static func prepare(_ number: CInt) throws(Errno) {
        let flags = fcntl(number, F_GETFL)
        guard flags >= 0, fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0
        else { throw .last }
    }

    private static func option(_ name: CInt, of number: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(number, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    // MARK: A new socket

    /// Makes a socket that this user and a group may write to.
    ///
    /// It takes the place of one that this user made and at which nobody listens, and of nothing else.
    static func make(_ path: String, group: String?) throws(FileFailure) -> ListeningSocket {
        let folder = try Descriptor.openFolder(of: path)
        // Two that start at once would each take the other's new socket for a forgotten one.
        // A directory has no lock of fcntl(2), and where flock(2) is missing too there is no such protection.
        guard flock(folder.number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            throw FileFailure(path, "another process is making a socket in its directory")
        }
        let group = try group.map { name throws(FileFailure) in try groupID(name, path) }
        try removeForgotten(path)
        let socket = try naming(path) { () throws(Errno) in try newSocket() }
        try bindPrivately(socket, path)
        do throws(Errno) {
            if let group, unsafe chown(path, uid_t.max, group) != 0 { throw .last }
            guard unsafe chmod(path, 0o660) == 0, listen(socket.number, backlog) == 0 else { throw .last }
            let inode = try FileStatus { unsafe lstat(path, &$0) }.inode
            return ListeningSocket(socket, made: (path, inode))
        } catch {
            _ = unsafe unlink(path)
            throw error.failure(path)
        }
    }

    /// Makes the path, which only this user may write to.
    private static func bindPrivately(_ socket: borrowing Descriptor, _ path: String) throws(FileFailure) {
        let number = socket.number
        let oldMask = umask(0o177)
        defer { umask(oldMask) }
        let code = try unsafe withAddress(path) { address, size in unsafe bind(number, address, size) }
        guard code == 0 else { throw Errno.last.failure(path) }
    }

    private static func newSocket() throws(Errno) -> Descriptor {
        let number = socket(AF_UNIX, streamType | 0o2004000, 0)  // SOCK_CLOEXEC | SOCK_NONBLOCK
        guard number >= 0 else { throw .last }
        return Descriptor(adopting: number)
    }

    private static func removeForgotten(_ path: String) throws(FileFailure) {
        guard let status = try ifThere(path, try FileStatus { unsafe lstat(path, &$0) }) else { return }
        guard status.kind == .socket else { throw FileFailure(path, "it is there, and not a socket", isTaken: true) }
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user (uid \(status.owner))") }
        let asker = try naming(path) { () throws(Errno) in try newSocket() }
        let code = try unsafe withAddress(path) { address, size in unsafe connect(asker.number, address, size) }
        // A full backlog says EAGAIN: somebody listens.
        guard code != 0, errno == ECONNREFUSED else {
            throw FileFailure(path, "another process listens there", isTaken: true)
        }
        guard unsafe unlink(path) == 0 else { throw Errno.last.failure(path) }
    }

    private static func groupID(_ name: String, _ path: String) throws(FileFailure) -> gid_t {
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let code = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        guard code == 0, unsafe found != nil else { throw FileFailure(path, "there is no group '\(name)'") }
        return unsafe entry.gr_gid
    }

    private static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws(FileFailure) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let bytes = Array(path.utf8)
        guard bytes.count < room, !bytes.contains(0), !bytes.isEmpty else {
            throw FileFailure(path, "a socket's path has at most \(room - 1) bytes")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
        }
    }
}
