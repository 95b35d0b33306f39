private import CLinux
import Glibc
package import HFMintCore

/// ``Files`` of this machine.
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
            kind: status.kind, permissions: UInt32(status.permissions), isOurs: status.isOurs,
            modifiedAt: Timestamp(secondsSince1970: raw.st_mtim.tv_sec), writeRefusal: refusal)
    }

    /// Whether its file system has no room for another file.
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
        do throws(Errno) {
            // Not blocking: a FIFO without a writer would otherwise hold us for ever.
            let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            let isRegular = status.kind == .regular
            if status.kind == .directory { throw Errno(code: EISDIR) }
            let capacity = isRegular ? min(status.byteCount, limit) + 1 : limit + 1
            return try file.readAll(capacity: capacity, limit: limit)
        } catch {
            switch error.code {
            case ENOENT: return nil
            case EFBIG: throw FileFailure(path, "it is larger than \(limit >> 10) KiB")
            case ETIMEDOUT: throw FileFailure(path, "nothing came within 30 s")
            default: throw error.failure(path)
            }
        }
    }

    package func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        let reason: String?
        do throws(Errno) {
            let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let status = try file.status()
            reason = status.distrust
            if reason == nil { return try file.readAll(capacity: min(status.byteCount, limit) + 1, limit: limit) }
        } catch {
            switch error.code {
            case ENOENT: return nil
            case ELOOP: throw FileFailure(path, "it is a symbolic link")
            case EFBIG: throw FileFailure(path, "it is larger than \(limit >> 10) KiB")
            default: throw error.failure(path)
            }
        }
        throw FileFailure(path, reason ?? "it cannot be trusted")
    }

    /// Not by opening `/dev/stdin`, which fails where standard input is a socket, as programs in JavaScript make it.
    package func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        do throws(Errno) {
            return try standardInput(extent, limit: limit)
        } catch {
            switch (error.code, extent) {
            case (EFBIG, _): throw FileFailure("/dev/stdin", "it is larger than \(limit >> 10) KiB")
            case (ETIMEDOUT, .question): throw FileFailure("/dev/stdin", "its end did not come within 30 s")
            case (ETIMEDOUT, .whole): throw FileFailure("/dev/stdin", "nothing came within 30 s")
            default: throw error.failure("/dev/stdin")
            }
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
            // It may block, so a question is not read where nobody can wait: git waits for the answer.
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

    package func makeParents(of path: String) throws(FileFailure) {
        var made = ""
        for part in path.utf8.split(separator: ASCII.slash).dropLast() {
            made += "/" + String(decoding: part, as: UTF8.self)
            guard unsafe mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            let failure = Errno.last
            // Some are asked for their rights, or forbidden, before they say that it is there.
            guard kind(of: made) == .directory else { throw failure.failure(made) }
        }
    }

    /// A credential inside a work tree ends in a commit or an image.
    func refuseWorkTree(_ folder: String, for path: String) throws(FileFailure) {
        guard let resolved = unsafe realpath(folder, nil) else { throw Errno.last.failure(path) }
        defer { unsafe free(resolved) }
        for directory in FilePath(unsafe String(cString: resolved)).upwards + ["/"]
        where kind(of: directory + "/.git") != nil {
            throw FileFailure(path, "it lies in a git work tree (\(directory)), where it could be committed")
        }
    }

    package func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure) {
        if mayBeAbsent {
            let folder = try naming(path) { () throws(Errno) in
                try Descriptor.open(split(path).folder, O_RDONLY | O_DIRECTORY)
            }
            guard try folder.targetBelow(split(path).name, path, isReplaced: false) != nil else { return }
        }
        let file = try openStepFile(path)
        let status = try naming(path) { () throws(Errno) in try file.status() }
        try check(stepFile: status, path, isSecret: isSecret)
        if hasNoRoom(path, behind: status.byteCount) { throw Errno(code: ENOSPC).failure(path) }
    }

    /// Whether nothing can be added to a file of that length: its last block is full, and there is no other.
    private func hasNoRoom(_ path: String, behind length: Int) -> Bool {
        var raw = statvfs()
        guard unsafe statvfs(path, &raw) == 0, raw.f_blocks > 0, raw.f_bsize > 0 else { return false }
        let left = (Int(raw.f_bsize) - length % Int(raw.f_bsize)) % Int(raw.f_bsize)
        return (geteuid() == 0 ? raw.f_bfree : raw.f_bavail) == 0 && left < 512
    }

    package func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool
    ) throws(FileFailure) {
        let file = try openStepFile(path)
        file.lockBriefly()
        let status = try naming(path) { () throws(Errno) in try file.status() }
        try check(stepFile: status, path, isSecret: isSecret)
        if isSecret, status.permissions & 0o044 != 0 {
            // Others may read variables and paths there, but no token.
            try naming(path) { () throws(Errno) in try file.setMode(status.permissions & 0o700) }
        }
        let last =
            status.byteCount == 0
            ? ASCII.lineFeed : try naming(path) { () throws(Errno) in try file.byte(at: status.byteCount - 1) }
        try file.append(bytes.enclosed(by: last == ASCII.lineFeed ? "" : "\n", and: ""), path)
    }

    package func createStepFile(_ path: String) throws(FileFailure) {
        do throws(Errno) {
            _ = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch {
            guard error.code == EEXIST else { throw error.failure(path) }
        }
    }

    private func openStepFile(_ path: String) throws(FileFailure) -> Descriptor {
        try openTarget(path, O_RDWR | O_APPEND)
    }

    /// Opens a file to write to it, where there is one: a device or a FIFO is not even opened.
    private func openTarget(_ path: String, _ flags: CInt) throws(FileFailure) -> Descriptor {
        let (folder, name) = split(path)
        let directory = try naming(path) { () throws(Errno) in try Descriptor.open(folder, O_RDONLY | O_DIRECTORY) }
        _ = try directory.targetBelow(name, path, isReplaced: false)
        return try naming(path) { () throws(Errno) in try directory.openBelow(name, flags | O_NOFOLLOW | O_NONBLOCK) }
    }

    /// Any owner will do: in a container we are root, and the runner's files are not root's.
    private func check(stepFile status: FileStatus, _ path: String, isSecret: Bool) throws(FileFailure) {
        if let reason = status.strangeness { throw FileFailure(path, reason) }
        guard !isSecret || !status.othersCanWrite else {
            throw FileFailure(path, "others can write it, so no token goes into it; leave out --export")
        }
    }
}

extension Span<UInt8> {
    fileprivate var holdsEmptyLine: Bool {
        indices.contains { self[$0] == ASCII.lineFeed && ($0 == 0 || self[$0 - 1] == ASCII.lineFeed) }
    }
}

/// The folder of a path, and the name in it.
func split(_ path: String) -> (folder: String, name: String) {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: ASCII.slash) else { return (".", path) }
    let folder = slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    return (folder, String(decoding: bytes[(slash + 1)...], as: UTF8.self))
}

extension Descriptor {
    func byte(at offset: Int) throws(Errno) -> UInt8 {
        var byte: UInt8 = 0
        guard unsafe pread(number, &byte, 1, offset) == 1 else { throw .last }
        return byte
    }
}
