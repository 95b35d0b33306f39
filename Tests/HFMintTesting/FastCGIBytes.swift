import HFMintCore

/// Bytes as web servers send them over FastCGI, and answers as they read them.
package enum FastCGIBytes {
    package static func record(
        _ type: UInt8, _ id: UInt16 = 1, _ content: [UInt8] = [], padding: Int = 0, version: UInt8 = 1
    ) -> [UInt8] {
        let head = [
            version, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255),
            UInt8(padding), 0,
        ]
        return head + content + [UInt8](repeating: 0x2E, count: padding)
    }

    package static func begin(_ id: UInt16 = 1, role: UInt8 = 1, keepsConnection: Bool = false) -> [UInt8] {
        record(1, id, [0, role, keepsConnection ? 1 : 0, 0, 0, 0, 0, 0])
    }

    package static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + name.utf8 + value.utf8
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : (0..<4).map { UInt8(count >> (24 - 8 * $0) & 255) | ($0 == 0 ? 0x80 : 0) }
    }

    /// The parameters that a front door sets.
    package static let parameters: [(String, String)] = [
        ("HFMINT_ROUTE", "decide"), ("HFMINT_URI", "/api/models/acme/model?x=1"), ("HFMINT_METHOD", "GET"),
        ("HFMINT_HOST", "hub.acme.example"), ("HFMINT_REQUEST_ID", "9f2c"), ("HFMINT_PEER", "192.0.2.7"),
    ]

    /// The content of a stream of parameters, some of which are changed, added, or left out with nil.
    package static func pairs(_ changes: [(String, String?)] = []) -> [UInt8] {
        let kept = parameters.filter { name, _ in !changes.contains { $0.0 == name } }
        return (kept + changes.compactMap { name, value in value.map { (name, $0) } }).flatMap { pair($0, $1) }
    }

    /// A whole request, as nginx writes it: one record of parameters, padded to a multiple of eight.
    package static func request(
        _ id: UInt16 = 1, role: UInt8 = 1, keepsConnection: Bool = false, with changes: [(String, String?)] = [],
        body: [UInt8] = []
    ) -> [UInt8] {
        let content = pairs(changes)
        return begin(id, role: role, keepsConnection: keepsConnection)
            + record(4, id, content, padding: (8 - content.count % 8) % 8) + record(4, id)
            + (body.isEmpty ? [] : record(5, id, body)) + record(5, id)
    }

    /// A record that was read.
    package struct Record: Equatable, Sendable {
        package let type: UInt8
        package let id: UInt16
        package let content: [UInt8]

        package init(_ type: UInt8, _ id: UInt16, _ content: [UInt8]) {
            self.type = type
            self.id = id
            self.content = content
        }
    }

    /// Returns the records that `bytes` consist of, or nil if they are not whole records.
    package static func records(_ bytes: [UInt8]) -> [Record]? {
        var records: [Record] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 8, rest.first == 1 else { return nil }
            let head = Array(rest.prefix(8))
            let count = Int(head[4]) << 8 | Int(head[5])
            guard rest.count >= 8 + count + Int(head[6]) else { return nil }
            let content = Array(rest.dropFirst(8).prefix(count))
            records.append(Record(head[1], UInt16(head[2]) << 8 | UInt16(head[3]), content))
            rest = rest.dropFirst(8 + count + Int(head[6]))
        }
        return records
    }

    /// Returns what a web server reads as the answer to a request, or nil if that is not whole.
    package static func answer(_ bytes: [UInt8], to id: UInt16 = 1) -> String? {
        guard let mine = records(bytes)?.filter({ $0.id == id }),
            mine.last == Record(3, id, [UInt8](repeating: 0, count: 8)),
            mine.dropLast().last == Record(6, id, [])
        else { return nil }
        return String(decoding: mine.filter { $0.type == 6 }.flatMap(\.content), as: UTF8.self)
    }
}
