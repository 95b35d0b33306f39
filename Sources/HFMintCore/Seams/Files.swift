/// The files of this machine.
///
/// Each of the small protocols is one kind of file, with what may be done with it. A function that only reads takes
/// `any ReadableFiles`.
package protocol Files: ReadableFiles, UserFiles, StepFileWriting, SharedFiles, ForeignFiles, Logs {
    /// Opens a directory that belongs to this user alone (0700).
    ///
    /// - Parameter making: whether to make the directory, and those between it and its base, if they do not exist.
    /// - Returns: nil if the base does not exist, or if the directory does not exist and `making` is false.
    func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)?
}

/// Files that can be read and looked at.
package protocol ReadableFiles: Sendable {
    /// Reads a file, or returns nil if there is none.
    ///
    /// - Throws: ``FileFailure`` also if the file is larger than `limit`.
    func read(_ path: String, limit: Int) throws(FileFailure) -> Secret?

    /// Reads a file on which hfmint bases decisions, or returns nil if there is none.
    ///
    /// - Throws: ``FileFailure`` also if it is a symbolic link or not a regular file, if it belongs to neither this
    ///   user nor root, if others can write it, or if it is larger than `limit`.
    func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret?

    /// Reads standard input, which may be a file, a pipe, a terminal or a socket.
    ///
    /// - Throws: ``FileFailure`` also if it is longer than `limit`, or does not arrive in time.
    func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret

    /// Returns the kind of a file, or of the target of a symbolic link.
    func kind(of path: String) -> FileKind?

    /// Returns whether the path itself is a symbolic link.
    func isLink(_ path: String) -> Bool

    /// Returns what can be known of a file without opening it, or nil if it does not exist or is out of reach.
    func facts(of path: String) -> FileFacts?

    /// Returns whether `path` lies in a file system in memory, which a restart empties.
    func isInMemory(_ path: String) -> Bool

    /// Returns the names in a directory, sorted; none if it does not exist.
    func names(in directory: String) -> [String]

    var workingDirectory: String { get }

    var userID: UInt32 { get }
}

/// How much of standard input is read.
package enum StandardInputExtent: Sendable {
    /// Up to its first empty line or its end, within 30 s.
    case question
    /// Up to its end, with at most 30 s between two pieces.
    case whole
}

/// The kind of a file, in the words of messages.
package enum FileKind: String, Sendable {
    case regular = "regular file"
    case directory
    case socket
    case link = "symbolic link"
    case fifo = "FIFO"
    case device
}

/// What the file system tells of a file, or of the target of a symbolic link.
package struct FileFacts: Equatable, Sendable {
    package let kind: FileKind
    /// The lowest twelve bits of the mode.
    package let permissions: UInt32
    package let modifiedAt: Timestamp
    /// Why this process cannot write the file, in the operating system's words, or nil if it can.
    package let writeRefusal: String?

    package init(kind: FileKind, permissions: UInt32, modifiedAt: Timestamp, writeRefusal: String? = nil) {
        self.kind = kind
        self.permissions = permissions
        self.modifiedAt = modifiedAt
        self.writeRefusal = writeRefusal
    }
}

/// Why a file could not be used: the path, and a reason in hfmint's or the operating system's words.
///
/// ``Files`` and what it opens throw it. A caller that knows the purpose of the file catches it.
package struct FileFailure: Error, Equatable, Sendable {
    package let path: String
    package let reason: String
    /// Whether nothing was done because a required record could not be made.
    package var isUnrecorded = false
    /// Whether the path is taken by a file that hfmint must not change, so that another path helps.
    package let isTaken: Bool

    package init(_ path: String, _ reason: String, isTaken: Bool = false) {
        self.path = path
        self.reason = reason
        self.isTaken = isTaken
    }
}
