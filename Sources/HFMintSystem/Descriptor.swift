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
        guard fchmod(number, mode) != 0 else { return }
        let failure = Errno.last
        // Some file systems have one mode for all files, and it may be this one.
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

    /// Writes everything, in one call unless the kernel takes it in parts.
    func write(_ secret: borrowing Secret) throws(Errno) {
        var done = 0
        try write(secret, &done)
    }

    /// The same; `done` counts the bytes that were written, also where it fails.
    func write(_ secret: borrowing Secret, _ done: inout Int) throws(Errno) {
        try Self.write(secret, to: number, &done)
    }

    /// The same, to a descriptor of anybody's.
    ///
    /// - Parameter waits: whether to wait where a pipe is full, and whoever made it made it non-blocking.
    static func write(
        _ secret: borrowing Secret, to number: CInt, waits: Bool = false, _ done: inout Int
    ) throws(Errno) {
        try secret.reveal { span throws(Errno) in
            while done < span.count {
                let count = unsafe span.extracting(done...).withUnsafeBytes { bytes in
                    unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN && waits {
                    if case .unknown = DescriptorReadiness.wait(for: number, POLLOUT, milliseconds: -1) {
                        SystemClock().sleep(for: .milliseconds(10))
                    }
                    continue
                }
                guard count >= 0 else { throw .last }
                done += count
            }
        }
    }

    func identity() throws(Errno) -> FileIdentity {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw .last }
        return FileIdentity(
            device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino), madeAt: hfmint_linux_birth_time(number))
    }

    /// Whether `name` below this directory is the file of this identity; a link or a socket is not.
    func holds(_ identity: FileIdentity, as name: String) throws(Errno) -> Bool {
        do throws(Errno) {
            return try openBelow(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).identity() == identity
        } catch {
            guard [ELOOP, ENXIO].contains(error.code) else { throw error }
            return false
        }
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
            let readiness = DescriptorReadiness.wait(for: number, POLLIN, milliseconds: 30_000)
            guard readiness != .late else { throw Errno(code: ETIMEDOUT) }
            guard buffer.byteCount <= limit, buffer.byteCount < capacity else { throw Errno(code: EFBIG) }
            let count = unsafe buffer.fill { room in unsafe Glibc.read(number, room.baseAddress, room.count) }
            if count < 0 && (errno == EINTR || errno == EAGAIN) {
                try readiness.refuseToSpin()
                continue
            }
            guard count >= 0 else { throw .last }
            if count == 0 { return buffer.finish() }
        }
    }

    /// Why this directory takes no new names from us.
    var writeRefusal: Errno? { Errno.refusal(of: ".", W_OK | X_OK, below: number) }

    func status() throws(Errno) -> FileStatus {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw .last }
        return FileStatus(raw)
    }

    /// Why no other file can take the place of `name` below this directory.
    private func fixtureBelow(_ name: String) -> String? { Self.fixture(name, below: number) }

    static func fixture(_ name: String, below directory: CInt = AT_FDCWD) -> String? {
        switch unsafe UInt32(hfmint_linux_fixture(directory, name)) {
        case hfmint_linux_fixture_mount.rawValue:
            "it is a mount point, which cannot be replaced: mount its directory instead"
        case hfmint_linux_fixture_immutable.rawValue: immutable
        default: nil
        }
    }

    private static let immutable = "it may not be changed (chattr +i or +a)"

    /// Why no name in this directory may be given to another file.
    var immutability: String? {
        let fixture = unsafe UInt32(hfmint_linux_fixture(number, "."))
        return fixture == hfmint_linux_fixture_immutable.rawValue ? Self.immutable : nil
    }

    /// Whether so many bytes would find room below this directory: a file without a name is written, which nobody sees.
    func checkRoom(byteCount: Int) throws(Errno) {
        do throws(Errno) {
            // O_TMPFILE, which Swift's view of libc lacks.
            let file = try openBelow(".", O_WRONLY | O_DIRECTORY | 0o20_000_000, mode: 0o600)
            try file.write(Secret(copying: [UInt8](repeating: 0, count: byteCount)))
            try file.sync()
        } catch {
            // Some file systems have no such files.
            guard [ENOSPC, EDQUOT, EROFS, EFBIG, EIO, EACCES, EPERM, EMFILE].contains(error.code) else { return }
            throw error
        }
    }

    /// The status of what is about to be written below this directory; `nil` where nothing stands there yet.
    ///
    /// - Throws: where it is no regular file with one name: such a thing is never replaced, and never followed.
    func targetBelow(_ name: String, _ path: String, isReplaced: Bool = true) throws(FileFailure) -> FileStatus? {
        guard !name.isEmpty else { throw FileFailure(path, "it ends with a slash, and names no file") }
        let status = try naming(path) { () throws(Errno) in try statusBelow(name) }
        if let reason = status?.strangeness { throw FileFailure(path, reason, isTaken: true) }
        if isReplaced, let reason = fixtureBelow(name) { throw FileFailure(path, reason, isTaken: true) }
        return status
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
