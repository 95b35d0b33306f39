/// A path as it is written, without a look at the disk or through a link.
///
/// `FilePath("apps/chat.json5").from("/srv/hfmint").text` is `/srv/hfmint/apps/chat.json5`.
package struct FilePath: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var isAbsolute: Bool { text.utf8.first == ASCII.slash }

    /// Returns the path with `folder` in front; unchanged if it is absolute or `folder` is empty.
    package func from(_ folder: String) -> FilePath {
        isAbsolute || folder.isEmpty ? self : FilePath(folder == "/" ? "/\(text)" : "\(folder)/\(text)")
    }

    /// The folder that holds the file, `.` for a name alone.
    package var folder: String {
        guard let slash = text.utf8.lastIndex(of: ASCII.slash) else { return "." }
        return slash == text.utf8.startIndex ? "/" : String(decoding: text.utf8[..<slash], as: UTF8.self)
    }

    /// Returns the path of the file `name` in the same folder, spelled as this one.
    package func beside(_ name: String) -> String {
        let start = text.utf8.dropLast(self.name.utf8.count)
        return String(decoding: start, as: UTF8.self) + name
    }

    /// The part behind the last slash.
    package var name: String {
        guard let slash = text.utf8.lastIndex(of: ASCII.slash) else { return text }
        return String(decoding: text.utf8[slash...].dropFirst(), as: UTF8.self)
    }

    /// The path without empty parts, `.` and `..`, except `..` at the front of a relative path.
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

    /// Returns whether the path is `folder`, or lies in it.
    package func isWithin(_ folder: String) -> Bool {
        func parts(_ path: String) -> [Substring.UTF8View] {
            path.utf8.split(separator: ASCII.slash).filter { !$0.elementsEqual(".".utf8) }
        }
        let (own, above) = (parts(text), parts(folder))
        return !above.isEmpty && own.count >= above.count && zip(own, above).allSatisfy { $0.elementsEqual($1) }
    }

    /// Returns the path relative to `folder` if it lies below it, and the path itself otherwise.
    package func relative(to folder: String) -> String {
        let start = folder == "/" ? "/" : folder + "/"
        guard text.utf8.starts(with: start.utf8) else { return text }
        return String(decoding: text.utf8.dropFirst(start.utf8.count), as: UTF8.self)
    }

    /// The path and each folder above it, the deepest first, as absolute paths without the root.
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
