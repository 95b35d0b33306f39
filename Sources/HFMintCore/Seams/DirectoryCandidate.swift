/// A place where a private directory could be.
package struct DirectoryCandidate: Equatable, Sendable {
    /// Must exist already, and may be anyone's.
    package let base: String
    /// Made one below the other, each 0700.
    package let components: [String]
    /// Whether a user named it, and may keep other files there, or have made it.
    package let isNamed: Bool
    /// The variable that says where it is.
    package var variable: Environment.Key?
    /// Whether the folders above the base are made too, each 0700, when the directory is.
    package var makesParents = false

    package init(base: String, components: [String], isNamed: Bool = false) {
        self.base = base
        self.components = components
        self.isNamed = isNamed
    }

    /// A directory that a user named: the last part of its path is made where needed, the others must be there.
    package init(path: String, in workingDirectory: String, isNamed: Bool = false) {
        let isAbsolute = FilePath(path).isAbsolute
        var parts = path.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let last = parts.popLast() ?? "."
        let base = isAbsolute ? "/" + parts.joined(separator: "/") : ([workingDirectory] + parts).joined(separator: "/")
        self.init(base: base, components: [last], isNamed: isNamed)
    }

    package var path: String { ([base] + components).joined(separator: "/") }

    /// Why its name is none that can be handed on; `nil` where it is.
    package var nameRefusal: String? {
        if path.utf8.contains(where: \.isASCIIControl) { return "its name holds a control character" }
        // A path that was repaired is another directory's.
        guard path.unicodeScalars.contains("\u{FFFD}") else { return nil }
        return (variable.map { "\($0.name)" } ?? "its name") + " is not UTF-8 text"
    }
}
