/// The files of this machine, for whoever must not open them directly.
///
/// Each of the small protocols is one kind of file and what may be done with it; whoever only looks takes
/// `any ReadableFiles`.
package protocol Files: ReadableFiles, UserFiles, StepFileWriting, SharedFiles, ForeignFiles, Logs {
    /// Opens a directory that belongs to this user alone (0700).
    ///
    /// - Parameter making: whether to make it, and those between it and its base, where they do not exist.
    /// - Returns: `nil` where its base does not exist, or, unless `making`, the directory itself.
    func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)?
}

/// What can be read and looked at, without any change.
package protocol ReadableFiles: Sendable {
    /// The bytes of a file, for the length of one read; `nil` where there is none.
    ///
    /// - Throws: ``FileFailure`` also where the file is larger than `limit`.
    func read(_ path: String, limit: Int) throws(FileFailure) -> Secret?

    /// The bytes of a file by which hfmint decides; `nil` where there is none.
    ///
    /// - Throws: ``FileFailure`` also where it is not a regular file, where it is a symbolic link, where it belongs to
    ///   neither this user nor root, where others can write it, or where it is larger than `limit`.
    func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret?

    /// What a caller says on standard input, be it a file, a pipe, a terminal or a socket.
    ///
    /// - Throws: ``FileFailure`` also where that is more than `limit`, or does not come in time.
    func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret

    func kind(of path: String) -> FileKind?

    /// What can be known of a file or directory without opening it; `nil` where there is none, or it is out of reach.
    func facts(of path: String) -> FileFacts?

    /// Whether what lies at `path` is gone after a restart: a file system in memory.
    func isInMemory(_ path: String) -> Bool

    /// The names in a directory, sorted; empty where there is none.
    func names(in directory: String) -> [String]

    var workingDirectory: String { get }

    var userID: UInt32 { get }
}

/// How much of standard input is read.
package enum StandardInputExtent: Sendable {
    /// Up to its first empty line, or its end; within 30 s.
    case question
    /// Up to its end, with 30 s at most between two pieces.
    case whole
}

/// In the words of messages.
package enum FileKind: String, Sendable {
    case regular = "regular file"
    case directory
    case socket
    case link = "symbolic link"
    case fifo = "FIFO"
    case device
}

/// What the file system says of a file, or of what a symbolic link leads to.
package struct FileFacts: Equatable, Sendable {
    package let kind: FileKind
    /// The twelve lowest bits of its mode.
    package let permissions: UInt32
    package let modifiedAt: Timestamp
    /// Why this process could not write it, in the operating system's words; `nil` where it could.
    package let writeRefusal: String?

    package init(
        kind: FileKind, permissions: UInt32, modifiedAt: Timestamp, writeRefusal: String? = nil
    ) {
        self.kind = kind
        self.permissions = permissions
        self.modifiedAt = modifiedAt
        self.writeRefusal = writeRefusal
    }
}

/// Why a file could not be used: the path, and a reason in hfmint's or the operating system's words.
///
/// ``Files`` and what it opens throw it; whoever knows what the file was for catches it.
package struct FileFailure: Error, Equatable, Sendable {
    package let path: String
    package let reason: String
    /// Whether it is a record that could not be made where one is required: then nothing was done.
    package var isUnrecorded = false
    /// Whether something stands there that hfmint must leave as it is: then another name helps.
    package let isTaken: Bool

    package init(_ path: String, _ reason: String, isTaken: Bool = false) {
        self.path = path
        self.reason = reason
        self.isTaken = isTaken
    }
}
