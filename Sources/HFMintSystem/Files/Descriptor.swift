internal import CLinux
import Glibc
internal import HFMintCore

/// A POSIX descriptor that is closed exactly once, and that no child inherits.
///
/// The methods that end in `Below` take the name of an entry of this directory.
struct Descriptor: ~Copyable {
    let number: CInt

    init(adopting number: CInt) {
        self.number = number
    }

    static func open(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try adopt(unsafe Glibc.open(path, flags | O_CLOEXEC, mode))
    }

    func openBelow(_ name: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        try Self.adopt(unsafe openat(number, name, flags | O_CLOEXEC, mode))
    }

    private static func adopt(_ number: CInt) throws(Errno) -> Descriptor {
        guard number >= 0 else { throw .last }
        return Descriptor(adopting: number)
    }

    deinit { _ = close(number) }

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

    /// Writes all bytes, in one call unless the kernel takes them in parts.
    func write(_ secret: borrowing Secret) throws(Errno) {
        var done = 0
        try write(secret, &done)
    }

    /// Writes all bytes, and counts in `done` how many were written, even if it throws.
    func write(_ secret: borrowing Secret, _ done: inout Int) throws(Errno) {
        try Self.write(secret, to: number, &done)
    }

    /// Writes all bytes to the descriptor `number`, which this process need not own.
    ///
    /// - Parameter waits: whether to wait for room in a non-blocking pipe.
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

    /// Returns whether `name` is the file with this identity, and not a link or a socket.
    func holds(_ identity: FileIdentity, as name: String) throws(Errno) -> Bool {
        do throws(Errno) {
            return try openBelow(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).identity() == identity
        } catch {
            guard [ELOOP, ENXIO].contains(error.code) else { throw error }
            return false
        }
    }

    /// Reads the whole of a regular file.
    ///
    /// - Throws: `EFBIG` if it is larger than `limit` bytes.
    func readRegular(limit: Int) throws(Errno) -> Secret {
        let status = try status()
        guard status.kind == .regular else { throw Errno(code: EINVAL) }
        return try readAll(capacity: min(status.byteCount, limit) + 1, limit: limit)
    }

    /// Reads up to the end, and waits at most 30 s for each piece.
    ///
    /// - Throws: `EFBIG` if there are more bytes than `limit` or fill `capacity`; `ETIMEDOUT` if no byte came in time.
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

    /// Why this process may not add an entry to this directory, or nil.
    var writeRefusal: Errno? { Errno.refusal(of: ".", W_OK | X_OK, below: number) }

    func status() throws(Errno) -> FileStatus {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw .last }
        return FileStatus(raw)
    }

    /// Returns the status of this file, and adds `path` to an error.
    func status(_ path: String) throws(FileFailure) -> FileStatus {
        try naming(path) { () throws(Errno) in try status() }
    }

    /// Returns why no file can replace `name`, or nil.
    private func fixtureBelow(_ name: String) -> String? { Self.fixture(name, below: number) }

    /// Returns why no file can replace `name` below `directory`, or nil.
    static func fixture(_ name: String, below directory: CInt = AT_FDCWD) -> String? {
        switch unsafe UInt32(hfmint_linux_fixture(directory, name)) {
        case hfmint_linux_fixture_mount.rawValue:
            "it is a mount point, which cannot be replaced: mount its directory instead"
        case hfmint_linux_fixture_immutable.rawValue: immutable
        default: nil
        }
    }

    private static let immutable = "it may not be changed (chattr +i or +a)"

    /// Why no entry of this directory may be replaced, or nil.
    var immutability: String? {
        let fixture = unsafe UInt32(hfmint_linux_fixture(number, "."))
        return fixture == hfmint_linux_fixture_immutable.rawValue ? Self.immutable : nil
    }

    /// Checks that a file of so many bytes would find room in this directory, by writing a file without a name.
    ///
    /// - Throws: if there is no room, or no file may be created.
    func checkRoom(byteCount: Int) throws(Errno) {
        do throws(Errno) {
            // O_TMPFILE, which Swift's view of libc lacks.
            let file = try openBelow(".", O_WRONLY | O_DIRECTORY | 0o20_000_000, mode: 0o600)
            try file.write(Secret(copying: [UInt8](repeating: 0, count: byteCount)))
            try file.sync()
        } catch {
            // Some file systems have no files without a name.
            guard [ENOSPC, EDQUOT, EROFS, EFBIG, EIO, EACCES, EPERM, EMFILE].contains(error.code) else { return }
            throw error
        }
    }

    /// Returns the status of the file that is about to be written, or nil if there is none.
    ///
    /// - Parameter isReplaced: whether another file is to take its name.
    /// - Throws: unless it is a regular file with one name. Anything else is neither replaced nor followed.
    func targetBelow(_ name: String, _ path: String, isReplaced: Bool = true) throws(FileFailure) -> FileStatus? {
        guard !name.isEmpty else { throw FileFailure(path, "it ends with a slash, and names no file") }
        let status = try naming(path) { () throws(Errno) in try statusBelow(name) }
        if let reason = status?.strangeness { throw FileFailure(path, reason, isTaken: true) }
        if isReplaced, let reason = fixtureBelow(name) { throw FileFailure(path, reason, isTaken: true) }
        return status
    }

    /// Returns the status of `name` without following a link, or nil if there is none.
    func statusBelow(_ name: String) throws(Errno) -> FileStatus? {
        var raw = stat()
        guard unsafe fstatat(number, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw .last
        }
        return FileStatus(raw)
    }
}

/// A ``Descriptor`` with several owners, which is closed when the last one releases it.
final class SharedDescriptor: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}
