import Glibc
package import HFMintCore

/// Logs that several processes write, and anyone may read.
extension PosixFiles {
    package func appendToLog(
        _ path: String, until deadline: Duration, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure) {
        let (directory, file, end) = try openForWriting(path, O_APPEND, until: deadline, clock)
        let bytes = try lines(end)
        try naming(path) { () throws(Errno) in try file.descriptor.write(Secret(copying: bytes)) }
        try flush(file, in: directory, path, isNew: end.byteCount == 0)
    }

    package func updateLog(
        _ path: String, until deadline: Duration, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        let (directory, file, end) = try openForWriting(path, 0, until: deadline, clock)
        guard let bytes = try change(end) else { return }
        try naming(path) { () throws(Errno) in try file.descriptor.overwrite(bytes) }
        try flush(file, in: directory, path, isNew: end.byteCount == 0)
    }

    /// Its name must outlive a power failure too.
    private func flush(
        _ file: SharedDescriptor, in directory: SharedDescriptor, _ path: String, isNew: Bool
    ) throws(FileFailure) {
        try file.descriptor.sync(path)
        if isNew { try directory.descriptor.sync(path) }
    }

    private func openForWriting(
        _ path: String, _ flags: CInt, until deadline: Duration, _ clock: any Clock
    ) throws(FileFailure) -> (directory: SharedDescriptor, file: SharedDescriptor, end: PosixLogEnd) {
        let (folder, name) = split(path)
        let directory = try openFolder(folder, of: path)
        let file = try openLocked(name, flags, in: directory, path, until: deadline, clock)
        let end = PosixLogEnd(
            path: path, file: file,
            byteCount: try naming(path) { () throws(Errno) in
                try file.descriptor.status().byteCount
            })
        return (SharedDescriptor(directory), file, end)
    }

    package func checkLog(
        _ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void
    ) throws(FileFailure) {
        let (folder, name) = split(path)
        let directory = try openFolder(folder, of: path)
        guard let file = try openThere(name, in: directory, path) else {
            if let refusal = facts(of: folder)?.writeRefusal { throw FileFailure(path, refusal) }
            return
        }
        let status = try naming(path) { () throws(Errno) in try file.descriptor.status() }
        try check(log: status, path)
        try look(PosixLogEnd(path: path, file: file, byteCount: status.byteCount))
    }

    private func openThere(
        _ name: String, in directory: borrowing Descriptor, _ path: String
    ) throws(FileFailure) -> SharedDescriptor? {
        do throws(Errno) {
            return SharedDescriptor(try directory.openBelow(name, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK))
        } catch {
            if error.code == ENOENT { return nil }
            throw error.code == ELOOP ? FileFailure(path, "it is a symbolic link") : error.failure(path)
        }
    }

    private func openFolder(_ folder: String, of path: String) throws(FileFailure) -> Descriptor {
        let directory = try naming(folder) { () throws(Errno) in try Descriptor.open(folder, O_RDONLY | O_DIRECTORY) }
        let status = try naming(folder) { () throws(Errno) in try directory.status() }
        guard !status.othersCanWrite || status.isSticky else {
            throw FileFailure(path, "others can write its directory, which lacks the sticky bit")
        }
        return directory
    }

    private func openLocked(
        _ name: String, _ flags: CInt, in directory: borrowing Descriptor, _ path: String,
        until deadline: Duration, _ clock: any Clock
    ) throws(FileFailure) -> SharedDescriptor {
        while true {
            let file = try open(name, flags, in: directory, path)
            try check(log: try naming(path) { () throws(Errno) in try file.descriptor.status() }, path)
            let harm = "two processes that write it at once would break its chain"
            while try !file.descriptor.tryLock(path, orElse: harm) {
                try wait(for: path, until: deadline, clock)
            }
            // Whoever held it may have moved it away meanwhile: then this is not the file of that name any more.
            let isCurrent = try naming(path) { () throws(Errno) in
                let identity = try file.descriptor.identity()
                return (try? directory.openBelow(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).identity()) == identity
            }
            if isCurrent { return file }
            guard clock.uptime() < deadline else { throw FileFailure(path, "it is moved away again and again") }
        }
    }

    private func open(
        _ name: String, _ more: CInt, in directory: borrowing Descriptor, _ path: String
    ) throws(FileFailure) -> SharedDescriptor {
        _ = try directory.targetBelow(name, path, isReplaced: false)
        return try naming(path) { () throws(Errno) in
            let flags = O_RDWR | O_CREAT | more | O_NOFOLLOW | O_NONBLOCK
            return SharedDescriptor(try directory.openBelow(name, flags, mode: 0o600))
        }
    }

    private func check(log status: FileStatus, _ path: String) throws(FileFailure) {
        if let reason = status.strangeness { throw FileFailure(path, reason) }
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user") }
        guard status.permissions & 0o022 == 0 else {
            throw FileFailure(path, "others can write it (mode \(String(status.permissions, radix: 8)))")
        }
    }

    package func openLog(
        _ path: String, until deadline: Duration, clock: any Clock
    ) throws(FileFailure) -> (any LogReader)? {
        guard let file = try openReadable(path) else { return nil }
        let kind = try naming(path) { () throws(Errno) in try file.descriptor.status().kind }
        guard kind != .directory else { throw Errno(code: EISDIR).failure(path) }
        let byteCount =
            kind == .regular ? try file.descriptor.byteCountBetweenWrites(path, until: deadline, clock) : nil
        return PosixLogReader(path: path, file: file, byteCount: byteCount)
    }

    private func openReadable(_ path: String) throws(FileFailure) -> SharedDescriptor? {
        do throws(Errno) {
            return SharedDescriptor(try Descriptor.open(path, O_RDONLY | O_NONBLOCK))
        } catch {
            guard error.code == ENOENT else { throw error.failure(path) }
            return nil
        }
    }
}

/// A moment, for whoever holds a log to let go of it.
private func wait(for path: String, until deadline: Duration, _ clock: any Clock) throws(FileFailure) {
    guard clock.uptime() < deadline else {
        throw FileFailure(path, "another process holds it, and did not let go in time")
    }
    clock.sleep(for: .milliseconds(2))
}

private struct PosixLogEnd: LogEnd {
    let path: String
    let file: SharedDescriptor
    let byteCount: Int

    func last(_ count: Int) throws(FileFailure) -> [UInt8] {
        try naming(path) { () throws(Errno) in
            try file.descriptor.read(from: max(0, byteCount - count), upTo: byteCount)
        }
    }
}

/// A regular file up to where it ended when it was opened, or a pipe up to its end.
private final class PosixLogReader: LogReader {
    private let path: String
    private let file: SharedDescriptor
    private let byteCount: Int?
    private var offset = 0

    /// As much at once.
    private static let pieceCount = 1 << 20

    init(path: String, file: SharedDescriptor, byteCount: Int?) {
        self.path = path
        self.file = file
        self.byteCount = byteCount
    }

    var end: (any LogEnd)? {
        byteCount.map { PosixLogEnd(path: path, file: file, byteCount: $0) }
    }

    func skip(_ count: Int) { offset += count }

    func next() throws(FileFailure) -> [UInt8]? {
        try naming(path) { () throws(Errno) in
            let piece: [UInt8]
            if let byteCount {
                piece = try file.descriptor.read(from: offset, upTo: min(byteCount, offset + Self.pieceCount))
            } else {
                piece = try file.descriptor.readPiece(Self.pieceCount)
            }
            offset += piece.count
            return piece.isEmpty ? nil : piece
        }
    }
}

extension Descriptor {
    /// How long a log is when nobody is in the middle of a write.
    fileprivate func byteCountBetweenWrites(
        _ path: String, until deadline: Duration, _ clock: any Clock
    ) throws(FileFailure) -> Int {
        while !tryReading() { try wait(for: path, until: deadline, clock) }
        defer { unlock() }
        return try naming(path) { () throws(Errno) in try status().byteCount }
    }

    /// The bytes of a regular file between two places; fewer where it has become shorter.
    fileprivate func read(from start: Int, upTo end: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, end - start))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe pread(number, room.baseAddress.map { unsafe $0 + done }, room.count - done, start + done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            if count == 0 { break }
            done += count
        }
        return done == bytes.count ? bytes : Array(bytes[..<done])
    }

    /// Makes `bytes` all that it holds: those come first, so that a crash between leaves a longer end, not a shorter one.
    fileprivate func overwrite(_ bytes: [UInt8]) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                unsafe pwrite(number, room.baseAddress.map { unsafe $0 + done }, room.count - done, done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            done += count
        }
        guard ftruncate(number, bytes.count) == 0 else { throw .last }
    }

    /// What has come, at most `limit` bytes; nothing at the end.
    fileprivate func readPiece(_ limit: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            let readiness = DescriptorReadiness.wait(for: number, POLLIN, milliseconds: -1)
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(number, room.baseAddress, room.count)
            }
            if count < 0 && (errno == EINTR || errno == EAGAIN) {
                try readiness.refuseToSpin()
                continue
            }
            guard count >= 0 else { throw .last }
            return Array(bytes[..<count])
        }
    }
}
