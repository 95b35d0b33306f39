/// The content that shows that a file in a job's directory is hfmint's.
///
/// The name is not enough: in a directory that the user named, the user's own file may have such a name.
package enum JobFileContent {
    /// The longest content that hfmint writes, in bytes.
    package static let limit = 1 << 20

    /// Whether hfmint writes such a content into a file of this name, or was overwriting it with zeros.
    package static func isOurs(_ text: Span<UInt8>, in name: String) -> Bool {
        if text.indices.allSatisfy({ text[$0] == 0 }) { return true }
        if let file = RunFile(named: name) {
            return switch file {
            case .lock: false
            case .mark: text.equals("hfmint run", in: 0..<min(text.count, 10))
            case .token: HubToken.isWellFormed(text)
            }
        }
        guard let kind = JobFileKind(of: name) else { return false }
        return switch kind {
        case .copy: isRecord(text, with: ["path", "inode", "made_at"])
        case .environment: isEnvironment(text)
        case .handout: isRecord(text, with: ["sha256", "folder"])
        case .lock: false
        case .record: isRecord(text, with: ["fields", "obtained_at", "token"])
        case .rejections: (try? readJSON(text, limits: .record))?.elements != nil
        case .token: HubToken.isWellFormed(text)
        }
    }

    private static func isRecord(_ text: Span<UInt8>, with members: [String]) -> Bool {
        guard let root = try? readJSON(text, limits: .record) else { return false }
        return members.allSatisfy { root[$0] != nil }
    }

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
            holdsToken = holdsToken || HubToken.isWellFormed(value) || value.holds("/\(JobFileKind.token.prefix)")
        }
        return holdsToken
    }
}
