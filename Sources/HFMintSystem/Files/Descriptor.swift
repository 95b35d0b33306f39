internal import CLinux
import Glibc
internal import HFMintCore

/// A POSIX descriptor that is closed exactly once, and that no child inherits.
///
/// The methods that end in `Below` take the name of an entry of this directory, and follow no link.
struct Descriptor: ~Copyable {
    let number: CInt

    init(adopting number: CInt) {
        self.number = number
    }

    deinit { _ = close(number) }

    static func open(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try adopt(unsafe Glibc.open(path, flags | O_CLOEXEC, mode))
    }

    /// Opens an entry, without waiting for the other end of a FIFO.
    func openBelow(_ name: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try Self.adopt(unsafe openat(number, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode))
    }

    private static func adopt(_ number: CInt) throws(Errno) -> Descriptor {
        guard number >= 0 else { throw .last }
        return Descriptor(adopting: number)
    }

    func status() throws(Errno) -> FileStatus { try FileStatus { unsafe fstat(number, &$0) } }

    /// Returns the status of this file, and adds `path` to an error.
    func status(_ path: String) throws(FileFailure) -> FileStatus { try naming(path, try status()) }

    /// Returns the status of an entry, or nil if there is none.
    func statusBelow(_ name: String) throws(Errno) -> FileStatus? {
        do throws(Errno) {
            return try FileStatus { unsafe fstatat(number, name, &$0, AT_SYMLINK_NOFOLLOW) }
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    func identity() throws(Errno) -> FileIdentity {
        let status = try status()
        return FileIdentity(device: status.device, inode: status.inode, madeAt: hfmint_linux_birth_time(number))
    }

    /// Returns whether the entry `name` is the file with this identity.
    func holds(_ identity: FileIdentity, as name: String) throws(Errno) -> Bool {
        do throws(Errno) {
            return try openBelow(name, O_RDONLY).identity() == identity
        } catch {
            // The entry is a link or a socket.
            guard [ELOOP, ENXIO].contains(error.code) else { throw error }
            return false
        }
    }

    /// Sets the permissions, because a umask may have taken rights when the file was created.
    func setMode(_ mode: mode_t) throws(Errno) {
        guard fchmod(number, mode) != 0 else { return }
        let failure = Errno.last
        // Some file systems give all files the same mode, which may be the wanted one.
        guard try status().permissions == mode else { throw failure }
    }

    func setRights(_ rights: FileRights) throws(Errno) {
        let status = try status()
        let owner = rights.owner ?? status.owner
        let group = rights.group ?? status.group
        if owner != status.owner || group != status.group {
            guard fchown(number, owner, group) == 0 else { throw .last }
        }
        try setMode(rights.mode)
    }
}

/// A ``Descriptor`` with several owners, which is closed when the last one releases it.
final class SharedDescriptor: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}
