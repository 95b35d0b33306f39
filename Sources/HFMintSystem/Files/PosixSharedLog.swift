import Glibc
package import HFMintCore

/// Logs that several processes write and anyone may read.
extension PosixFiles {
    package func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure) {
        try writeLog(path, isAppended: true, until: deadline, clock, lines)
    }

    package func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        try writeLog(path, isAppended: false, until: deadline, clock, change)
    }

    private func writeLog(
        _ path: String, isAppended: Bool, until deadline: Uptime, _ clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        let directory = try Descriptor.openFolder(of: path)
        let file = try openLocked(path, isAppended ? O_APPEND : 0, in: directory, until: deadline, clock)
        let end = PosixLogEnd(path: path, file: file, byteCount: try file.descriptor.status(path).byteCount)
        guard let bytes = try change(end) else { return }
        try naming(path) { () throws(Errno) in
            try file.descriptor.write(Secret(copying: bytes))
            // Shortened after the write, so that a crash between the two leaves old bytes and loses no new ones.
            guard isAppended || ftruncate(file.descriptor.number, bytes.count) == 0 else { throw .last }
        }
        try file.descriptor.sync(path)
        // The name of a new file must be durable too.
        if end.byteCount == 0 { try directory.sync(path) }
    }

    package func checkLog(_ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void) throws(FileFailure) {
        let directory = try Descriptor.openFolder(of: path)
        let name = FilePath(path).name
        let opened = try ifThere(
            path, namesLinks: true, SharedDescriptor(try directory.openBelow(name, O_RDWR | O_APPEND)))
        guard let file = opened else {
            if let refusal = facts(of: FilePath(path).folder)?.writeRefusal { throw FileFailure(path, refusal) }
            return
        }
        let status = try file.descriptor.status(path)
        try check(log: status, path)
        try look(PosixLogEnd(path: path, file: file, byteCount: status.byteCount))
    }

    private func openLocked(
        _ path: String, _ flags: CInt, in directory: borrowing Descriptor, until deadline: Uptime, _ clock: any Clock
    ) throws(FileFailure) -> SharedDescriptor {
        let name = FilePath(path).name
        while true {
            _ = try directory.targetBelow(name, path, isReplaced: false)
            let file = SharedDescriptor(
                try naming(path, try directory.openBelow(name, O_RDWR | O_CREAT | flags, mode: 0o600)))
            try check(log: file.descriptor.status(path), path)
            let isTaken = try clock.ask(until: deadline) { () throws(FileFailure) in
                try file.descriptor.tryLock(path, orElse: "two processes that write it at once would break its chain")
            }
            guard isTaken else { throw .held(path) }
            // The process that held the lock may have moved the file, so that another one has its name now.
            let identity = try naming(path, try file.descriptor.identity())
            if (try? directory.holds(identity, as: name)) == true { return file }
            guard clock.uptime() < deadline else { throw FileFailure(path, "it is moved away again and again") }
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
        let flags = O_RDONLY | O_NONBLOCK
        guard let file = try ifThere(path, SharedDescriptor(try .open(path, flags))) else { return nil }
        let kind = try file.descriptor.status(path).kind
        guard kind != .directory else { throw Errno(code: EISDIR).failure(path) }
        guard kind == .regular else { return PosixLogReader(path: path, file: file, byteCount: nil) }
        // The size counts only while no process is writing.
        guard clock.ask(until: deadline, { file.descriptor.tryReading() }) else { throw .held(path) }
        defer { file.descriptor.unlock() }
        return PosixLogReader(path: path, file: file, byteCount: try file.descriptor.status(path).byteCount)
    }
}

private struct PosixLogEnd: LogEnd {
    let path: String
    let file: SharedDescriptor
    let byteCount: Int

    func last(_ count: Int) throws(FileFailure) -> [UInt8] {
        try naming(path, try file.descriptor.read(from: max(0, byteCount - count), upTo: byteCount))
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
                var buffer = SecretBuffer(capacity: Self.pieceCount)
                _ = try Descriptor.readPiece(from: file.descriptor.number, into: &buffer, waiting: -1)
                piece = buffer.finish().reveal { $0.bytes }
            }
            offset += piece.count
            return piece.isEmpty ? nil : piece
        }
    }
}
