import Glibc
internal import HFMintCore

/// Why a system call failed, until a caller that knows the path makes a ``FileFailure`` of it.
///
/// ```
/// let file = try naming(path, try Descriptor.open(path, O_RDONLY))
/// ```
struct Errno: Error, Equatable {
    let code: CInt

    /// The reason of the last call that failed in this thread.
    static var last: Errno { Errno(code: errno) }

    /// Whether the kernel, the file system or a sandbox lacks the call, so that another call may work.
    ///
    /// A sandbox answers EPERM to a call that it does not know. A file system answers EINVAL when it cannot flush.
    var isUnsupported: Bool { [ENOSYS, EPERM, ENOLCK, EOPNOTSUPP, EINVAL].contains(code) }

    /// Whether nothing has that name.
    var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

    /// The operating system's words, without a capital: `permission denied`.
    var reason: String {
        let words = unsafe String(cString: strerror(code))
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// Whether a sandbox may have refused a call that posix_spawn(3) makes before it executes the program.
    var mayComeFromSpawn: Bool { [ENOSYS, EPERM, EACCES].contains(code) }

    /// Returns why the effective user may not use a file in the `needed` way, or nil if it may or this is unknown.
    static func refusal(of path: String, _ needed: CInt, below directory: CInt = AT_FDCWD) -> Errno? {
        guard unsafe faccessat(directory, path, needed, AT_EACCESS) != 0 else { return nil }
        // glibc calls faccessat2(2), which older sandboxes forbid. The older call checks the rights of the real user.
        guard Errno.last.isUnsupported, geteuid() == getuid(), getegid() == getgid() else { return .last }
        guard unsafe faccessat(directory, path, needed, 0) != 0 else { return nil }
        // The call itself also says EPERM where nobody may write, as in /proc.
        return Errno.last.code == EPERM || !Errno.last.isUnsupported ? .last : nil
    }

    /// Returns this failure with the path that it is about.
    func failure(_ path: String) -> FileFailure { FileFailure(path, reason) }

    /// Returns this failure of a read that takes at most `limit` bytes and waits at most 30 s.
    func failure(reading path: String, limit: Int) -> FileFailure {
        switch code {
        case EFBIG: FileFailure(path, "it is larger than \(limit >> 10) KiB")
        case ETIMEDOUT: FileFailure(path, "nothing came within 30 s")
        default: failure(path)
        }
    }
}

/// Runs `body`, and adds `path` to the error that it throws.
func naming<Result: ~Copyable>(_ path: String, _ body: () throws(Errno) -> Result) throws(FileFailure) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw error.failure(path)
    }
}

/// Evaluates one expression, and adds `path` to the error that it throws.
func naming<Result: ~Copyable>(
    _ path: String, _ value: @autoclosure () throws(Errno) -> Result
) throws(FileFailure) -> Result {
    try naming(path) { () throws(Errno) in try value() }
}

/// Evaluates an expression that opens `path`, and returns nil if nothing has that name.
///
/// - Parameter namesLinks: whether the expression follows no links, so that ELOOP means that `path` is one.
func ifThere<Result: ~Copyable>(
    _ path: String, namesLinks: Bool = false, _ value: @autoclosure () throws(Errno) -> Result
) throws(FileFailure) -> Result? {
    do throws(Errno) {
        return try value()
    } catch {
        if error.code == ENOENT { return nil }
        guard error.code == ELOOP, namesLinks else { throw error.failure(path) }
        throw FileFailure(path, "it is a symbolic link")
    }
}
