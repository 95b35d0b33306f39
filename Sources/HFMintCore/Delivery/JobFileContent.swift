/// The content that shows that a file in a job's directory is hfmint's.
///
/// The name is not enough: in a directory that the user named, the user's own file may have such a name.
package enum JobFileContent {
    /// The longest content that hfmint writes, in bytes.
    package static let limit = 1 << 20

    /// Whether hfmint writes such a content into a file of this name, or was overwriting it with zeros.
    package static func isOurs(_ text: Span<UInt8>, in name: String) -> Bool {
        let name = name.utf8
        if text.indices.allSatisfy({ text[$0] == 0 }) { return true }
        if name.starts(with: "lock".utf8) { return false }
        if name.starts(with: "token".utf8) { return HubToken.isWellFormed(text) }
        if name.starts(with: "mark".utf8) { return text.equals("hfmint run", in: 0..<min(text.count, 10)) }
        if name.starts(with: "env-".utf8) { return isEnvironment(text) }
        guard let root = try? readJSON(text, limits: .record) else { return false }
        if name.starts(with: "rejected-".utf8) { return root.elements != nil }
        return members.contains { kind, members in
            name.starts(with: kind.utf8) && members.allSatisfy { root[$0] != nil }
        }
    }

    private static let members = [
        ("copy-", ["path", "inode", "made_at"]), ("record-", ["fields", "obtained_at", "token"]),
        ("told-", ["sha256", "folder"]),
    ]

    /// Whether `text` consists of lines `NAME=value`, one of which holds a token or a token's path.
    private static func isEnvironment(_ text: Span<UInt8>) -> Bool {
        var (start, holdsToken) = (0, false)
        while start < text.count {
            let end = (start..<text.count).first { text[$0] == ASCII.lineFeed } ?? text.count
            let line = text.extracting(start..<end)
            start = end + 1
            if line.isEmpty { continue }
            guard line[0].isASCIILetter || line[0] == UInt8(ascii: "_"),
                let equals = line.indices.first(where: { line[$0] == ASCII.equals })
            else { return false }
            let value = line.extracting((equals + 1)..<line.count)
            holdsToken = holdsToken || HubToken.isWellFormed(value) || value.holds("/token-")
        }
        return holdsToken
    }
}
