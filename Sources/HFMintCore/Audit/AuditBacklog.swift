/// The records of a log that a collector has not taken yet, at most as many as one request carries.
struct AuditBacklog {
    private static let mostRecords = 500
    private static let mostBytes = 1 << 20

    private(set) var records: [AuditExport.Record] = []
    private(set) var cursor: AuditCursor
    /// Whether the log holds no records after these.
    private(set) var isComplete = true
    private var position: Int

    /// Reads the records behind `cursor` from the log at `path`.
    ///
    /// If that log does not hold the cursor's record, a renamed log beside it may: then the rest of that one comes
    /// first. If none does, the log at `path` is a new one, and is read from its beginning.
    init(_ path: String, behind cursor: AuditCursor, in machine: Machine) throws(FileFailure) {
        self.cursor = cursor
        position = cursor.offset
        if var reader = try Self.open(path, behind: cursor, machine) {
            try read(&reader, machine)
            return
        }
        for renamed in Self.renamed(path, machine) {
            guard var reader = try? Self.open(renamed, behind: cursor, machine) else { continue }
            try read(&reader, machine)
            isComplete = false
            if !records.isEmpty { return }
            break
        }
        (self.cursor, position, isComplete) = (.start, 0, true)
        if var reader = try Self.open(path, behind: .start, machine) { try read(&reader, machine) }
    }

    private static func renamed(_ path: String, _ machine: Machine) -> ArraySlice<String> {
        let log = FilePath(path)
        let others = machine.files.names(in: log.folder).filter { $0.utf8.starts(with: "\(log.name).".utf8) }
        let paths = others.map(log.beside)
        // The caller holds the lock of the cursor's own file.
        let cursor = AuditTrail.cursorPath(of: path)
        return paths.filter { $0 != cursor && machine.files.kind(of: $0) == .regular }.suffix(100)
    }

    /// An open log, and the bytes that have been read from it and not used.
    private struct Reader {
        let log: any LogReader
        var bytes: [UInt8]
    }

    /// Opens the log behind `cursor`, or returns nil if the cursor's record does not stand there.
    private static func open(
        _ path: String, behind cursor: AuditCursor, _ machine: Machine
    ) throws(FileFailure) -> Reader? {
        guard let log = try machine.readLog(path) else { return nil }
        guard let head = cursor.head else { return Reader(log: log, bytes: []) }
        try log.skip(cursor.offset - cursor.lineCount - 1)
        var bytes: [UInt8] = []
        while bytes.count <= cursor.lineCount, let piece = try log.next() { bytes += piece }
        guard bytes.count > cursor.lineCount, bytes[cursor.lineCount] == ASCII.lineFeed,
            let record = AuditExport.Record(Array(bytes[..<cursor.lineCount]), machine.digests), record.head == head
        else { return nil }
        return Reader(log: log, bytes: Array(bytes[(cursor.lineCount + 1)...]))
    }

    /// Takes whole lines, and passes over a line that is torn or is no record.
    private mutating func read(_ reader: inout Reader, _ machine: Machine) throws(FileFailure) {
        let start = position
        while true {
            var from = 0
            while let end = reader.bytes[from...].firstIndex(of: ASCII.lineFeed) {
                guard records.count < Self.mostRecords, records.isEmpty || position - start < Self.mostBytes else {
                    isComplete = false
                    return
                }
                let line = Array(reader.bytes[from..<end])
                position += line.count + 1
                from = end + 1
                guard let record = AuditExport.Record(line, machine.digests) else { continue }
                records.append(record)
                cursor = AuditCursor(offset: position, lineCount: line.count, head: record.head)
            }
            reader.bytes.removeFirst(from)
            // hfmint writes no line that is so long, so the rest is not held.
            guard reader.bytes.count <= 2 * AuditLine.byteLimit, let piece = try reader.log.next() else { return }
            reader.bytes += piece
        }
    }
}
