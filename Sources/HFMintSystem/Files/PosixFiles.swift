private import CLinux
import Glibc
package import HFMintCore

/// The ``Files`` of this machine.
///
/// Each kind of file has its own source: ``PosixPrivateDirectory`` for hfmint's own directories,
/// `PosixStepFiles.swift` for the files of a CI system, `UserFile.swift` for the paths that users name,
/// `SharedFile.swift` for files that other programs read, `PosixSharedLog.swift` and ``PosixLogFile`` for logs,
/// `CredentialStoreFile.swift` for git's store. Below them, ``Descriptor`` makes the system calls, `Draft.swift`
/// replaces files whole, `FileLock.swift` locks them, and ``FileStatus`` decides whom to trust.
///
/// Nothing secret is written through a link, over a foreign file, or where an untrusted user could replace it.
package struct PosixFiles: Files {
    package init() {}

    package var userID: UInt32 { geteuid() }

    package var workingDirectory: String {
        guard let path = unsafe getcwd(nil, 0) ?? realpath("/proc/self/cwd", nil) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    package func kind(of path: String) -> FileKind? {
        var raw = stat()
        guard unsafe stat(path, &raw) == 0 else { return nil }
        return FileStatus(raw).kind
    }

    package func isInMemory(_ path: String) -> Bool {
        // TMPFS_MAGIC, RAMFS_MAGIC: https://man7.org/linux/man-pages/man2/statfs.2.html
        [0x0102_1994, 0x8584_58F6].contains(unsafe hfmint_linux_file_system(path))
    }

    package func facts(of path: String) -> FileFacts? {
        var raw = stat()
        guard unsafe stat(path, &raw) == 0 else { return nil }
        let status = FileStatus(raw)
        let needed = status.kind == .directory ? W_OK | X_OK : W_OK
        var refusal = Errno.refusal(of: path, needed)?.reason
        if refusal == nil, status.kind == .directory, isFull(path) { refusal = Errno(code: ENOSPC).reason }
        return FileFacts(
            kind: status.kind, permissions: UInt32(status.permissions),
            modifiedAt: Timestamp(secondsSince1970: raw.st_mtim.tv_sec), writeRefusal: refusal)
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
        let there = try ifThere(path) { () throws(Errno) in try Descriptor.open(path, O_RDONLY | O_NONBLOCK) }
        guard let file = there else { return nil }
        do throws(Errno) {
            let status = try file.status()
            if status.kind == .directory { throw Errno(code: EISDIR) }
            let capacity = status.kind == .regular ? min(status.byteCount, limit) + 1 : limit + 1
            return try file.readAll(capacity: capacity, limit: limit)
        } catch {
            throw error.failure(reading: path, limit: limit)
        }
    }

    package func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        let there = try ifThere(path, namesLinks: true) { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        guard let file = there else { return nil }
        let status = try file.status(path)
        if let reason = status.distrust { throw FileFailure(path, reason) }
        do throws(Errno) {
            return try file.readAll(capacity: min(status.byteCount, limit) + 1, limit: limit)
        } catch {
            throw error.failure(reading: path, limit: limit)
        }
    }

    /// Reads descriptor 0, because opening `/dev/stdin` fails if it is a socket, which JavaScript programs make it.
    package func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        do throws(Errno) {
            return try standardInput(extent, limit: limit)
        } catch {
            guard error.code == ETIMEDOUT, extent == .question else {
                throw error.failure(reading: "/dev/stdin", limit: limit)
            }
            throw FileFailure("/dev/stdin", "its end did not come within 30 s")
        }
    }

    private func standardInput(_ extent: StandardInputExtent, limit: Int) throws(Errno) -> Secret {
        let clock = SystemClock()
        var deadline = clock.uptime() + .seconds(30)
        var buffer = SecretBuffer(capacity: limit + 1)
        while true {
            let left = (deadline - clock.uptime()).milliseconds
            guard left > 0 else { throw Errno(code: ETIMEDOUT) }
            let readiness = DescriptorReadiness.wait(for: STDIN_FILENO, POLLIN, milliseconds: CInt(left))
            // A read could block. git waits for the answer to its question, so that is not risked.
            if extent == .question { try readiness.refuseToSpin() }
            guard readiness != .late else { continue }
            let count = unsafe buffer.fill { room in unsafe Glibc.read(STDIN_FILENO, room.baseAddress, room.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                try readiness.refuseToSpin()
                continue
            }
            guard count >= 0 else { throw .last }
            guard buffer.byteCount <= limit else { throw Errno(code: EFBIG) }
            switch extent {
            case .whole:
                if count == 0 { return buffer.finish() }
                deadline = clock.uptime() + .seconds(30)
            case .question:
                let text = buffer.finish()
                if count == 0 || text.reveal({ $0.holdsEmptyLine }) { return text }
            }
        }
    }

    package func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        try PosixPrivateDirectory.open(candidate, making: making)
    }

    /// Throws if `path` lies in a git work tree, where a credential would end in a commit or an image.
    func refuseWorkTree(around path: String) throws(FileFailure) {
        guard let resolved = unsafe realpath(FilePath(path).folder, nil) else { throw Errno.last.failure(path) }
        defer { unsafe free(resolved) }
        for directory in FilePath(unsafe String(cString: resolved)).upwards + ["/"]
        where kind(of: directory + "/.git") != nil {
            throw FileFailure(path, "it lies in a git work tree (\(directory)), where it could be committed")
        }
    }
}

extension Span<UInt8> {
    fileprivate var holdsEmptyLine: Bool {
        indices.contains { self[$0] == ASCII.lineFeed && ($0 == 0 || self[$0 - 1] == ASCII.lineFeed) }
    }
}
