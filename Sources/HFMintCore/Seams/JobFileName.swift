/// A kind of file that hfmint keeps in a job's directory; a file's name is its kind and a fingerprint.
///
/// `hfmint forget` erases files of every kind.
package enum JobFileKind: String, CaseIterable, Sendable {
    /// The note of a file that the user asked for elsewhere.
    case copy
    /// The file of `--deliver env-file` without a path.
    case environment = "env"
    case lock
    /// A cached token, with what it was given for.
    case record
    /// When servers rejected a token.
    case rejections = "rejected"
    /// The note of a token that git was given.
    case handout = "told"
    case token

    /// Returns the kind of a file of this name, or nil.
    package init?(of name: String) {
        guard let kind = Self.allCases.first(where: { name.utf8.starts(with: $0.prefix.utf8) }) else { return nil }
        self = kind
    }

    package var prefix: String { "\(rawValue)-" }

    package func name(fingerprint: String) -> String { prefix + fingerprint }
}

/// A file in the directory of an `hfmint run`; its raw value is its name.
package enum RunFile: String, CaseIterable, Sendable {
    case lock
    /// Proves that the directory is a run's.
    case mark
    case token

    package var name: String { rawValue }

    package init?(named name: String) {
        guard let file = Self.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        self = file
    }
}

/// The names of hfmint's own files and runs in a job's directory.
package enum JobFileName {
    package static let runPrefix = "run-"
    /// The note by which hfmint knows that it made a directory.
    package static let directoryNotePrefix = "made-"
    /// The audit records that the collector has not taken.
    package static let unsentRecordsPrefix = "audit-unsent-"
    private static let draftSuffix = ".draft"

    /// Whether hfmint gives files such a name in `directory`: a kind and a fingerprint, or a draft of one.
    package static func isOurs(_ name: String, in directory: String) -> Bool {
        let bytes = Array(name.utf8)
        let isInRun = isRun(directory.utf8.split(separator: ASCII.slash).last.map { Array($0) } ?? [])
        guard bytes.first == ASCII.dot else { return isFinal(bytes[...], isInRun) || isRun(bytes) }
        guard bytes.suffix(draftSuffix.utf8.count).elementsEqual(draftSuffix.utf8) else { return false }
        return isFinal(bytes.dropFirst().prefix { $0 != ASCII.dot }, isInRun)
    }

    /// Whether hfmint keeps this name for itself, also as a directory's note or for records that wait.
    package static func isKept(_ name: String, in directory: String) -> Bool {
        isOurs(name, in: directory)
            || [directoryNotePrefix, unsentRecordsPrefix].contains { name.utf8.starts(with: $0.utf8) }
    }

    private static func isFinal(_ name: ArraySlice<UInt8>, _ isInRun: Bool) -> Bool {
        let name = String(decoding: name, as: UTF8.self)
        if isInRun && RunFile(named: name) != nil { return true }
        guard let kind = JobFileKind(of: name) else { return false }
        return name.utf8.dropFirst(kind.prefix.utf8.count).isHexadecimal(count: 32)
    }

    /// Whether `name` is `run-` and a random number in base 36.
    private static func isRun(_ name: [UInt8]) -> Bool {
        name.starts(with: runPrefix.utf8)
            && name.dropFirst(runPrefix.utf8.count).allSatisfy { $0.isASCIIDigit || $0.isASCIILowercase }
    }
}
