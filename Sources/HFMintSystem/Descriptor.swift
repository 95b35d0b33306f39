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

/// What fstat(2) says that hfmint decides by.
struct FileStatus: Equatable {
    let kind: FileKind
    let owner: uid_t
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
        permissions = raw.st_mode & 0o7777
        linkCount = Int(raw.st_nlink)
        byteCount = Int(raw.st_size)
    }

    var isOurs: Bool { owner == geteuid() }
    var othersCanWrite: Bool { permissions & S_IWOTH != 0 }
    var isSticky: Bool { permissions & S_ISVTX != 0 }
}
