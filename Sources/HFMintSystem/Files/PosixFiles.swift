private import CLinux
import Glibc
package import HFMintCore

/// The ``Files`` of this machine.
///
/// Each kind of file has its own source: ``PosixPrivateDirectory`` for hfmint's own directories,
/// `PosixStepFiles.swift` for the files of a CI system, `UserFile.swift` for the paths that users name,
/// `SharedFile.swift` for files that other programs read, `PosixSharedLog.swift` and ``PosixLogFile`` for logs,
/// `CredentialStoreFile.swift` for git's store. They stand on ``Descriptor``, which makes the system calls,
/// `Draft.swift`, which replaces files whole, `FileLock.swift`, and ``FileStatus``, which decides whom to trust.
///
/// No secret is written through a link, over a foreign file, or where an untrusted user could replace it.
package struct PosixFiles: Files {
    package init() {}

    package var userID: UInt32 { geteuid() }

    package var workingDirectory: String {
        guard let path = unsafe getcwd(nil, 0) ?? realpath("/proc/self/cwd", nil) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    package func kind(of path: String) -> FileKind? { (try? FileStatus(of: path))?.kind }

    package func isLink(_ path: String) -> Bool { (try? FileStatus { unsafe lstat(path, &$0) })?.kind == .link }

    package func isInMemory(_ path: String) -> Bool {
        // TMPFS_MAGIC, RAMFS_MAGIC: https://man7.org/linux/man-pages/man2/statfs.2.html
        [0x0102_1994, 0x8584_58F6].contains(unsafe hfmint_linux_file_system(path))
    }

    package func facts(of path: String) -> FileFacts? {
        guard let status = try? FileStatus(of: path) else { return nil }
        let needed = status.kind == .directory ? W_OK | X_OK : W_OK
        var refusal = Errno.refusal(of: path, needed)?.reason
        if refusal == nil, status.kind == .directory, isFull(path) { refusal = Errno(code: ENOSPC).reason }
        return FileFacts(
            kind: status.kind, permissions: UInt32(status.permissions),
            modifiedAt: Timestamp(secondsSince1970: Int(status.modifiedAt / 1_000_000_000)), writeRefusal: refusal)
    }

    /// Returns whether the file system of `path` has no room for another file.
    private func isFull(_ path: String) -> Bool {
        var raw = statvfs()
        guard unsafe statvfs(path, &raw) == 0, raw.f_blocks > 0 else { return false }
        let blocks = geteuid() == 0 ? raw.f_bfree : raw.f_bavail
        return blocks == 0 || raw.f_files > 0 && raw.f_favail == 0
    }

    package func names(in directory: String) -> [String] {
        (try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY).names()) ?? []
    }

    package func read(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        // Without O_NONBLOCK, a FIFO without a writer would block for ever.
        guard let file = try ifThere(path, try Descriptor.open(path, O_RDONLY | O_NONBLOCK)) else { return nil }
        let status = try file.status(path)
        guard status.kind != .directory else { throw Errno(code: EISDIR).failure(path) }
        return try readAll(file, path, status, limit: limit)
    }

    package func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        guard let file = try ifThere(path, namesLinks: true, try Descriptor.open(path, flags)) else { return nil }
        let status = try file.status(path)
        if let reason = status.distrust { throw FileFailure(path, reason) }
        return try readAll(file, path, status, limit: limit)
    }

    private func readAll(
        _ file: borrowing Descriptor, _ path: String, _ status: FileStatus, limit: Int
    ) throws(FileFailure) -> Secret {
        do throws(Errno) {
            let byteCount = status.kind == .regular ? min(status.byteCount, limit) : limit
            return try file.readAll(capacity: byteCount + 1, limit: limit)
        } catch {
            throw error.failure(reading: path, limit: limit)
        }
    }

    /// Reads descriptor 0, because opening `/dev/stdin` fails if it is a socket, which JavaScript programs make it.
    package func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        do throws(Errno) {
            switch extent {
            case .whole: return try Descriptor.readAll(from: STDIN_FILENO, capacity: limit + 1, limit: limit)
            case .question: return try readQuestion(limit: limit)
            }
        } catch {
            guard error.code == ETIMEDOUT, extent == .question else {
                throw error.failure(reading: "/dev/stdin", limit: limit)
            }
            throw FileFailure("/dev/stdin", "its end did not come within 30 s")
        }
    }

    private func readQuestion(limit: Int) throws(Errno) -> Secret {
        let clock = SystemClock()
        let deadline = clock.uptime() + .seconds(30)
        var buffer = SecretBuffer(capacity: limit + 1)
        while true {
            let left = (deadline - clock.uptime()).milliseconds
            guard left > 0 else { throw Errno(code: ETIMEDOUT) }
            // git waits for the answer, so the read must not block.
            let count = try Descriptor.readPiece(
                from: STDIN_FILENO, into: &buffer, waiting: CInt(left), mayBlock: false)
            guard buffer.byteCount <= limit else { throw Errno(code: EFBIG) }
            let text = buffer.finish()
            if count == 0 || text.reveal({ $0.holdsEmptyLine }) { return text }
        }
    }

    package func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        try PosixPrivateDirectory.open(candidate, making: making)
    }

    /// Throws if `path` lies in a git work tree, where a credential would end in a commit or an image.
    func refuseWorkTree(around path: String) throws(FileFailure) {
        guard let folder = unsafe realPath(FilePath(path).folder) else { throw Errno.last.failure(path) }
        for directory in FilePath(folder).upwards + ["/"]
        where kind(of: directory + "/.git") != nil {
            throw FileFailure(path, "it lies in a git work tree (\(directory)), where it could be committed")
        }
    }
}

/// Returns the path without links, or nil and sets errno.
func realPath(_ path: UnsafePointer<CChar>?) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

extension Span<UInt8> {
    fileprivate var holdsEmptyLine: Bool {
        indices.contains { self[$0] == ASCII.lineFeed && ($0 == 0 || self[$0 - 1] == ASCII.lineFeed) }
    }
}
