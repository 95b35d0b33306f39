internal import Synchronization

/// The last writes that this machine made of secrets, so that a later one by somebody else shows.
///
/// The Hub keeps a mark when somebody sets a new value beside it. Only who remembers the time of the own write can
/// tell. Nothing depends on the record but the difference between `same` and `same (not proven)`: without it, or with
/// lines that cannot be read, less is proven.
///
/// A file holds a line for each write, as a JSON object.
package final class FleetRecord: Sendable {
    /// What the Hub showed of a secret after this machine had written it.
    package struct Write: Equatable, Sendable {
        package let generation: Int
        /// The Hub's own spelling; nil if it showed no time.
        package let updatedAt: String?
    }

    private let writes: Mutex<[[UInt8]: (fields: [String], write: Write)]>
    private let log: (any LogFile)?
    private let endpoint: String

    package static let fileName = "fleet-writes"
    private static let byteLimit = 64 << 20

    /// Reads what another process wrote, beside one that may be writing.
    ///
    /// - Parameter directory: the state directory, or nil if nothing is remembered.
    package convenience init(
        reading directory: (any PrivateDirectory)?, endpoint: Origin
    ) throws(FileFailure) {
        let text = try directory?.read(Self.fileName, limit: Self.byteLimit)?.reveal { $0.bytes }
        self.init(text ?? [], log: nil, endpoint: endpoint)
    }

    /// Reads the record, and takes the file for ``note(_:of:in:)``.
    ///
    /// - Throws: also if another process holds the file.
    package convenience init(writing directory: any PrivateDirectory, endpoint: Origin) throws(FileFailure) {
        guard let log = try directory.openLog(Self.fileName) else {
            throw FileFailure("\(directory.path)/\(Self.fileName)", "another process holds it")
        }
        let text = try log.read()
        self.init(text, log: log, endpoint: endpoint)
        let kept = writes.withLock { $0.values.map { Self.line($0.fields, $0.write) } }
        // Most of a long file is about what was written again since.
        let lineCount = text.count { $0 == ASCII.lineFeed }
        if lineCount > 2 * kept.count + 1_024 { try log.replace(kept.flatMap(\.self)) }
    }

    init(_ text: [UInt8], log: (any LogFile)?, endpoint: Origin) {
        var writes: [[UInt8]: ([String], Write)] = [:]
        for line in text.split(separator: ASCII.lineFeed) {
            guard let json = try? JSONText(Array(line)), let endpoint = json.text("endpoint"),
                let resource = json.text("resource"), let name = json.text("name"),
                let generation = json.integer(json.root["generation"])
            else { continue }
            let fields = [endpoint, resource, name]
            writes[Self.key(fields)] = (fields, Write(generation: generation, updatedAt: json.text("updated_at")))
        }
        self.writes = Mutex(writes)
        self.log = log
        self.endpoint = "\(endpoint)"
    }

    /// Returns this machine's last write of a secret, or nil if it knows of none.
    ///
    /// - Parameter resource: `spaces/acme/chat`.
    package func lastWrite(of name: String, in resource: String) -> Write? {
        writes.withLock { $0[Self.key([endpoint, resource, name])]?.write }
    }

    /// Remembers a write, durably if there is a file.
    package func note(_ write: Write, of name: String, in resource: String) throws(FileFailure) {
        let fields = [endpoint, resource, name]
        try writes.withLock { writes throws(FileFailure) in
            writes[Self.key(fields)] = (fields, write)
            try log?.append(Self.line(fields, write))
        }
    }

    private static func key(_ fields: [String]) -> [UInt8] { Array(fields.joined(separator: "\0").utf8) }

    private static func line(_ fields: [String], _ write: Write) -> [UInt8] {
        let json: JSONValue = [
            "endpoint": .string(fields[0]), "resource": .string(fields[1]), "name": .string(fields[2]),
            "generation": .integer(write.generation), "updated_at": .string(write.updatedAt),
        ]
        return json.rendered().reveal { $0.bytes } + [ASCII.lineFeed]
    }
}
