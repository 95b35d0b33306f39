/// A path at which a private directory could be.
package struct DirectoryCandidate: Equatable, Sendable {
    /// A directory that must exist already; its owner does not matter.
    package let base: String
    /// The names of the directories below the base, each made 0700.
    package let components: [String]
    /// Whether the user named the directory, and so may have made it, or keep other files in it.
    package let isNamed: Bool
    /// The variable that holds the path.
    package var variable: Environment.Key?
    /// Whether the base and the folders above it are made too, each 0700.
    package var makesParents = false

    package init(base: String, components: [String], isNamed: Bool = false) {
        self.base = base
        self.components = components
        self.isNamed = isNamed
    }

    /// Takes the last part of `path` as the directory to make, and the folder above it as the base that must exist.
    package init(path: String, in workingDirectory: String, isNamed: Bool = false) {
        let isAbsolute = FilePath(path).isAbsolute
        var parts = path.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let last = parts.popLast() ?? "."
        let base = isAbsolute ? "/" + parts.joined(separator: "/") : ([workingDirectory] + parts).joined(separator: "/")
        self.init(base: base, components: [last], isNamed: isNamed)
    }

    package var path: String { ([base] + components).joined(separator: "/") }

    /// Why the path cannot be passed to other programs, or nil if it can.
    package var nameRefusal: String? {
        if path.utf8.contains(where: \.isASCIIControl) { return "its name holds a control character" }
        // A path in which bytes were replaced names another directory.
        guard path.unicodeScalars.contains("\u{FFFD}") else { return nil }
        return (variable.map { "\($0.name)" } ?? "its name") + " is not UTF-8 text"
    }
}
