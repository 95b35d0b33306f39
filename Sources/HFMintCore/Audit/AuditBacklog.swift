/// The records of a log that a collector has not taken: as many as one request carries.
struct AuditBacklog {
    private static let mostRecords = 500
    private static let mostBytes = 1 << 20

    private(set) var records: [AuditExport.Record] = []
    /// Once they have been taken.
    private(set) var cursor: AuditCursor
    /// Whether nothing comes after them.
    private(set) var isComplete = true
    private var position: Int

    /// What stands in the log at `path` behind `cursor`.
    ///
    /// A log that was renamed is found beside it, and its rest comes first; where it is gone, the log at `path` is
    /// another one, and is sent from its beginning.
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
        // The cursor's own file is locked by whoever reads here.
        let cursor = AuditTrail.cursorPath(of: path)
        return paths.filter { $0 != cursor && machine.files.kind(of: $0) == .regular }.suffix(100)
    }

    /// A log that is read on from somewhere.
    private struct Reader {
        let log: any LogReader
        var bytes: [UInt8]
    }

    /// `nil` where the cursor's record does not stand where it should.
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

    /// Takes whole lines; one that is torn, or nobody's, is passed over.
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
            // Nothing that hfmint wrote is so long: there is no use in holding it.
            guard reader.bytes.count <= 2 * AuditLine.byteLimit, let piece = try reader.log.next() else { return }
            reader.bytes += piece
        }
    }
}
