import Glibc
internal import HFMintCore

/// Why a system call failed, before anyone knows what it was for; whoever has the path makes a ``FileFailure`` of it.
struct Errno: Error, Equatable {
    let code: CInt

    static var last: Errno { Errno(code: errno) }

    /// Whether the kernel, the file system or a sandbox has no such call here: then another way is tried.
    ///
    /// A sandbox says EPERM of calls that it has never heard of, a file system EINVAL of what it cannot flush.
    var isMissing: Bool { [ENOSYS, EPERM, ENOLCK, EOPNOTSUPP, EINVAL].contains(code) }

    /// Whether there is nothing of that name: any other failure does not say so.
    var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

    /// In the operating system's words, without a capital: `permission denied`.
    var reason: String {
        let words = unsafe String(cString: strerror(code))
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// Whether posix_spawn(3) may say so of a call that it makes before it comes to the program.
    var mayBeOfSpawn: Bool { [ENOSYS, EPERM, EACCES].contains(code) }

    /// Whether there is too little of what a process needs, at this moment.
    var isOfWant: Bool { [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) }

    /// Why no process could be made, when it was asked for by fork(2).
    var noProgram: String { "this sandbox does not let hfmint start a program (fork: \(reason))" }

    /// Why the effective user may not use a file so; `nil` also where nobody can say.
    static func refusal(of path: String, _ needed: CInt, below directory: CInt = AT_FDCWD) -> Errno? {
        guard unsafe faccessat(directory, path, needed, AT_EACCESS) != 0 else { return nil }
        // glibc asks faccessat2(2), which sandboxes forbid that are older; the call before it asks for the real user.
        guard Errno.last.isMissing, geteuid() == getuid(), getegid() == getgid() else { return .last }
        guard unsafe faccessat(directory, path, needed, 0) != 0 else { return nil }
        // Both say EPERM of what takes nothing of anybody's, as of /proc.
        return Errno.last.code == EPERM || !Errno.last.isMissing ? .last : nil
    }

    func failure(_ path: String) -> FileFailure { FileFailure(path, reason) }

    /// The same, of a file that is read up to `limit`, and waited for.
    func failure(reading path: String, limit: Int) -> FileFailure {
        switch code {
        case EFBIG: FileFailure(path, "it is larger than \(limit >> 10) KiB")
        case ETIMEDOUT: FileFailure(path, "nothing came within 30 s")
        default: failure(path)
        }
    }
}

/// Runs `body`, and names `path` in what it throws.
func naming<Result: ~Copyable>(
    _ path: String, _ body: () throws(Errno) -> Result
) throws(FileFailure) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw error.failure(path)
    }
}

/// Runs `body`, names `path` in what it throws, and returns `nil` where there is nothing of that name.
///
/// - Parameter namesLinks: whether `body` follows no link, and a link is called so.
func ifThere<Result: ~Copyable>(
    _ path: String, namesLinks: Bool = false, _ body: () throws(Errno) -> Result
) throws(FileFailure) -> Result? {
    do throws(Errno) {
        return try body()
    } catch {
        if error.code == ENOENT { return nil }
        guard error.code == ELOOP, namesLinks else { throw error.failure(path) }
        throw FileFailure(path, "it is a symbolic link")
    }
}
