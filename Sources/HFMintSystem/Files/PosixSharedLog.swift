import Glibc
package import HFMintCore

/// Logs that several processes write and anyone may read.
extension PosixFiles {
    package func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure) {
        let (directory, file, end) = try openForWriting(path, O_APPEND, until: deadline, clock)
        let bytes = try lines(end)
        try naming(path) { () throws(Errno) in try file.descriptor.write(Secret(copying: bytes)) }
        try flush(file, in: directory, path, isNew: end.byteCount == 0)
    }

    package func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        let (directory, file, end) = try openForWriting(path, 0, until: deadline, clock)
        guard let bytes = try change(end) else { return }
        try naming(path) { () throws(Errno) in
            // Writing comes before cutting, so that a crash between them leaves bytes over and loses none.
            try file.descriptor.write(Secret(copying: bytes))
            guard ftruncate(file.descriptor.number, bytes.count) == 0 else { throw .last }
        }
        try flush(file, in: directory, path, isNew: end.byteCount == 0)
    }

    /// Makes the written bytes survive a power failure, and the name of a new file as well.
    private func flush(
        _ file: SharedDescriptor, in directory: SharedDescriptor, _ path: String, isNew: Bool
    ) throws(FileFailure) {
        try file.descriptor.sync(path)
        if isNew { try directory.descriptor.sync(path) }
    }

    private func openForWriting(
        _ path: String, _ flags: CInt, until deadline: Uptime, _ clock: any Clock
    ) throws(FileFailure) -> (directory: SharedDescriptor, file: SharedDescriptor, end: PosixLogEnd) {
        let directory = try Descriptor.openFolder(of: path)
        let file = try openLocked(FilePath(path).name, flags, in: directory, path, until: deadline, clock)
        let end = PosixLogEnd(path: path, file: file, byteCount: try file.descriptor.status(path).byteCount)
        return (SharedDescriptor(directory), file, end)
    }

    package func checkLog(
        _ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void
    ) throws(FileFailure) {
        let directory = try Descriptor.openFolder(of: path)
        let there = try ifThere(path, namesLinks: true) { () throws(Errno) in
            let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK
            return SharedDescriptor(try directory.openBelow(FilePath(path).name, flags))
        }
        guard let file = there else {
            if let refusal = facts(of: FilePath(path).folder)?.writeRefusal { throw FileFailure(path, refusal) }
            return
        }
        let status = try file.descriptor.status(path)
        try check(log: status, path)
        try look(PosixLogEnd(path: path, file: file, byteCount: status.byteCount))
    }

    private func openLocked(
        _ name: String, _ flags: CInt, in directory: borrowing Descriptor, _ path: String,
        until deadline: Uptime, _ clock: any Clock
    ) throws(FileFailure) -> SharedDescriptor {
        while true {
            let file = try open(name, flags, in: directory, path)
            try check(log: file.descriptor.status(path), path)
            let isTaken = try clock.ask(until: deadline) { () throws(FileFailure) in
                try file.descriptor.tryLock(path, orElse: "two processes that write it at once would break its chain")
            }
            guard isTaken else { throw .held(path) }
            // The process that held the lock may have moved the file, so that another one has its name now.
            let identity = try naming(path) { () throws(Errno) in try file.descriptor.identity() }
            if (try? directory.holds(identity, as: name)) == true { return file }
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
        guard !status.isWritableBeyondOwner else {
            throw FileFailure(path, "others can write it (mode \(String(status.permissions, radix: 8)))")
        }
    }

    package func readLog(
        _ path: String, until deadline: Uptime, clock: any Clock
    ) throws(FileFailure) -> (any LogReader)? {
        let there = try ifThere(path) { () throws(Errno) in
            SharedDescriptor(try Descriptor.open(path, O_RDONLY | O_NONBLOCK))
        }
        guard let file = there else { return nil }
        let kind = try file.descriptor.status(path).kind
        guard kind != .directory else { throw Errno(code: EISDIR).failure(path) }
        let byteCount =
            kind == .regular ? try file.descriptor.byteCountBetweenWrites(path, until: deadline, clock) : nil
        return PosixLogReader(path: path, file: file, byteCount: byteCount)
    }
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

/// Reads a regular file up to the end that it had when it was opened, or a pipe up to its end.
private final class PosixLogReader: LogReader {
    private let path: String
    private let file: SharedDescriptor
    private let byteCount: Int?
    private var offset = 0

    /// How many bytes are read at once.
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
    /// Waits until no process is writing, and returns the size of the log.
    fileprivate func byteCountBetweenWrites(
        _ path: String, until deadline: Uptime, _ clock: any Clock
    ) throws(FileFailure) -> Int {
        guard clock.ask(until: deadline, { tryReading() }) else { throw .held(path) }
        defer { unlock() }
        return try status(path).byteCount
    }

    /// Reads the bytes of a regular file between two offsets: fewer if the file has become shorter.
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

    /// Waits for bytes, and returns at most `limit` of them, or none at the end.
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
