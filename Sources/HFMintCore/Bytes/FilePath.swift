/// A path as it is written, and what that alone says: the disk is not asked, and no link is looked through.
///
/// `FilePath("apps/chat.json5").from("/srv/hfmint").text` is `/srv/hfmint/apps/chat.json5`.
package struct FilePath: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var isAbsolute: Bool { text.utf8.first == ASCII.slash }

    /// Returns the same path as it is seen from where `folder` is; unchanged if it is absolute or `folder` is empty.
    package func from(_ folder: String) -> FilePath {
        isAbsolute || folder.isEmpty ? self : FilePath(folder == "/" ? "/\(text)" : "\(folder)/\(text)")
    }

    /// The folder that it lies in: `.` for a name alone.
    package var folder: String {
        guard let slash = text.utf8.lastIndex(of: ASCII.slash) else { return "." }
        return slash == text.utf8.startIndex ? "/" : String(decoding: text.utf8[..<slash], as: UTF8.self)
    }

    /// Returns the path of the file of that name in the same folder, written as this one is.
    package func beside(_ name: String) -> String {
        let start = text.utf8.dropLast(self.name.utf8.count)
        return String(decoding: start, as: UTF8.self) + name
    }

    /// What stands behind the last slash.
    package var name: String {
        guard let slash = text.utf8.lastIndex(of: ASCII.slash) else { return text }
        return String(decoding: text.utf8[slash...].dropFirst(), as: UTF8.self)
    }

    /// Without empty parts, without `.`, and without `..` but at the front of a relative path.
    package var normalised: FilePath {
        var parts: [String] = []
        for part in text.utf8.split(separator: ASCII.slash).map({ String(Substring($0)) }) {
            switch part {
            case ".": break
            case "..":
                if let last = parts.last, last != ".." {
                    parts.removeLast()
                } else if !isAbsolute {
                    parts.append(part)
                }
            default: parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return FilePath(isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined)
    }

    /// Whether it is `folder`, or lies in it.
    package func isWithin(_ folder: String) -> Bool {
        func parts(_ path: String) -> [Substring.UTF8View] {
            path.utf8.split(separator: ASCII.slash).filter { !$0.elementsEqual(".".utf8) }
        }
        let (own, above) = (parts(text), parts(folder))
        return !above.isEmpty && own.count >= above.count && zip(own, above).allSatisfy { $0.elementsEqual($1) }
    }

    /// Returns the path as it is seen from `folder` if it lies below it, and unchanged otherwise.
    package func relative(to folder: String) -> String {
        let start = folder == "/" ? "/" : folder + "/"
        guard text.utf8.starts(with: start.utf8) else { return text }
        return String(decoding: text.utf8.dropFirst(start.utf8.count), as: UTF8.self)
    }

    /// Itself and each folder above it, from below, without the root; as an absolute path has them.
    package var upwards: [String] {
        var parts = text.utf8.split(separator: ASCII.slash).map { String(Substring($0)) }
        var paths: [String] = []
        while !parts.isEmpty {
            paths.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return paths
    }
}
