internal import CLinux
import Glibc
internal import HFMintCore

/// A POSIX descriptor that is closed exactly once, and never inherited by a child.
struct Descriptor: ~Copyable {
    let number: CInt

    init(adopting number: CInt) {
        self.number = number
    }

    static func open(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try adopt(unsafe Glibc.open(path, flags | O_CLOEXEC, mode))
    }

    /// Opens `name` below this directory.
    func openBelow(_ name: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try Self.adopt(unsafe openat(number, name, flags | O_CLOEXEC, mode))
    }

    private static func adopt(_ number: CInt) throws(Errno) -> Descriptor {
        guard number >= 0 else { throw .last }
        return Descriptor(adopting: number)
    }

    deinit { _ = close(number) }

    /// What was asked for when it was made is only an upper bound: a umask may have taken even the owner's rights.
    func setMode(_ mode: mode_t) throws(Errno) {
        guard fchmod(number, mode) == 0 else { throw .last }
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

    /// Writes everything, in one call unless the kernel takes it in parts.
    func write(_ secret: borrowing Secret) throws(Errno) {
        try secret.reveal { span throws(Errno) in
            var done = 0
            while done < span.count {
                let count = unsafe span.extracting(done...).withUnsafeBytes { bytes in
                    unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw .last }
                done += count
            }
        }
    }

    func sync() throws(Errno) {
        guard fsync(number) == 0 else { throw .last }
    }

    func identity() throws(Errno) -> FileIdentity {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw .last }
        return FileIdentity(
            device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino), madeAt: hfmint_linux_birth_time(number))
    }

    /// The whole of a regular file.
    ///
    /// - Throws: `EFBIG` if it is larger than `limit`.
    func readRegular(limit: Int) throws(Errno) -> Secret {
        let status = try status()
        guard status.kind == .regular else { throw Errno(code: EINVAL) }
        return try readAll(capacity: min(status.byteCount, limit) + 1, limit: limit)
    }

    /// Everything up to the end, waiting 30 s at most for a peer that does not write.
    ///
    /// - Throws: `EFBIG` if that is more than `limit`, or than fits `capacity`; `ETIMEDOUT`.
    func readAll(capacity: Int, limit: Int) throws(Errno) -> Secret {
        var buffer = SecretBuffer(capacity: capacity)
        while true {
            var poller = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&poller, 1, 30_000)
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else { throw Errno(code: ETIMEDOUT) }
            guard buffer.byteCount <= limit, buffer.byteCount < capacity else { throw Errno(code: EFBIG) }
            let count = unsafe buffer.fill { room in unsafe Glibc.read(number, room.baseAddress, room.count) }
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw .last }
            if count == 0 { return buffer.finish() }
        }
    }

    func status() throws(Errno) -> FileStatus {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw .last }
        return FileStatus(raw)
    }

    /// The status of `name` below this directory, not following a link; `nil` where there is none.
    func statusBelow(_ name: String) throws(Errno) -> FileStatus? {
        var raw = stat()
        guard unsafe fstatat(number, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw .last
        }
        return FileStatus(raw)
    }
}

/// A ``Descriptor`` that several owners may use; closed when the last one lets go.
final class SharedDescriptor: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}

/// What fstat(2) says that hfmint decides by.
struct FileStatus: Equatable {
    let kind: FileKind
    let owner: uid_t
    let group: gid_t
    let permissions: mode_t
    let linkCount: Int
    let byteCount: Int

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            default: .other
            }
        owner = raw.st_uid
        group = raw.st_gid
        permissions = raw.st_mode & 0o7777
        linkCount = Int(raw.st_nlink)
        byteCount = Int(raw.st_size)
    }

    var isOurs: Bool { owner == geteuid() }
    /// Whether users can write it who are neither its owner nor in a group of ours.
    ///
    /// Of what another user owns, as on a runner outside of our container, only what everybody may do counts: its
    /// owner is trusted, and so is their group.
    var othersCanWrite: Bool {
        permissions & S_IWOTH != 0 || permissions & S_IWGRP != 0 && isOurs && !isOurGroup
    }

    private var isOurGroup: Bool {
        guard group != getegid() else { return true }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(group)
    }

    /// Why nothing may be decided by this file; `nil` where only this user and root can have written it.
    var distrust: String? {
        if kind != .regular { return "it is not a regular file" }
        if !isOurs && owner != 0 { return "it belongs to another user (uid \(owner))" }
        return othersCanWrite ? "others can write it (mode \(String(permissions, radix: 8)))" : nil
    }

    var isSticky: Bool { permissions & S_ISVTX != 0 }
}

/// Who may do what with a file that is made.
struct FileRights: Equatable {
    var owner: uid_t?
    var group: gid_t?
    var mode: mode_t

    /// This user's alone.
    static let `private` = FileRights(mode: 0o600)

    private init(mode: mode_t) {
        self.mode = mode
    }

    init(like status: FileStatus, mode: mode_t?) {
        self.mode = mode ?? status.permissions & 0o777
        owner = status.owner
        group = status.group
    }

    init(new mode: mode_t?) {
        self.init(mode: mode ?? 0o600)
    }
}
