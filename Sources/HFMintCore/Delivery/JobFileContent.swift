/// What shows, beside its name, that a file of a job's directory is hfmint's: where a user named the directory, a file
/// of the user's may be called alike.
package enum JobFileContent {
    package static let limit = 1 << 20

    /// Whether hfmint writes such a thing into a file of this name; one that was being overwritten is hfmint's too.
    package static func isOurs(_ text: Span<UInt8>, in name: String) -> Bool {
        let name = name.utf8
        if text.indices.allSatisfy({ text[$0] == 0 }) { return true }
        if name.starts(with: "lock".utf8) { return false }
        if name.starts(with: "token".utf8) { return HubToken.isWellFormed(text) }
        if name.starts(with: "mark".utf8) { return text.equals("hfmint run", in: 0..<min(text.count, 10)) }
        if name.starts(with: "env-".utf8) { return isEnvironment(text) }
        guard let root = (try? JSONText(text.bytes))?.root else { return false }
        if name.starts(with: "rejected-".utf8) { return root.elements != nil }
        return members.contains { kind, members in
            name.starts(with: kind.utf8) && members.allSatisfy { root[$0] != nil }
        }
    }

    private static let members = [
        ("copy-", ["path", "inode", "made_at"]), ("record-", ["fields", "obtained_at", "token"]),
        ("told-", ["sha256", "folder"]),
    ]

    /// Lines `NAME=value`, and one of them holds a token or where one is.
    private static func isEnvironment(_ text: Span<UInt8>) -> Bool {
        let lines = text.bytes.split(separator: ASCII.lineFeed)
        let isPlain = lines.allSatisfy { line in
            line.first?.isASCIILetter == true || line.first == UInt8(ascii: "_") ? line.contains(ASCII.equals) : false
        }
        return isPlain && text.indices.contains { HubToken.Kind(in: text, at: $0) != nil || isTokenPath(text, at: $0) }
    }

    private static func isTokenPath(_ text: Span<UInt8>, at start: Int) -> Bool {
        let word = "/token-"
        let end = start + word.utf8.count
        return end <= text.count && text.equals(word, in: start..<end)
    }
}
