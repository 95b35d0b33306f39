/// Files and directories, for whoever must not open them directly.
package protocol Files: Sendable {
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

    /// Opens a directory that belongs to this user alone (0700).
    ///
    /// - Parameter making: whether to make it, and those between it and its base, where they do not exist.
    /// - Returns: `nil` where its base does not exist, or, unless `making`, the directory itself.
    func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)?

    /// Puts `bytes` where a user asked for them: a draft beside the target, flushed, its mark noted, renamed; 0600.
    ///
    /// What appears at `path` meanwhile stays as it is.
    ///
    /// - Parameter marks: of what was made before; without them, what the file system itself remembers counts.
    /// - Throws: ``FileFailure`` if what stands there is neither empty nor a file that hfmint made and nobody changed,
    ///   if it is not a regular 0600 file of this user, if others can write the directory and it lacks the sticky bit,
    ///   or if it lies in a git work tree.
    func replaceUserFile(
        _ path: String, with bytes: borrowing Secret, marks: (any FileMarks)?
    ) throws(FileFailure)

    /// Replaces a file that everyone may read, and that holds no secret; see ``replaceSharedFile(_:with:mode:)``.
    ///
    /// - Parameter isOurs: whether hfmint wrote what stands there; anything else is left as it is.
    func replacePublicFile(
        _ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure)

    /// Whether another program, which replaces files, may be asked to write this one: it is not there yet, or a
    /// regular file of this user's with one name, also where links lead to it.
    func checkForeignWrite(_ path: String) throws(FileFailure)

    /// Makes the directories above `path` that do not exist, each 0700.
    func makeParents(of path: String) throws(FileFailure)

    /// Overwrites a file that ``replaceUserFile(_:with:marks:)`` wrote with zeros, and removes it, or leaves it empty
    /// where it was; what hfmint did not make, or another program changed, stays.
    func eraseUserFile(_ path: String, _ mark: FileMark, marks: any FileMarks) throws(FileFailure) -> UserFileErasure

    /// Takes lines out of a file of another program's that locks it as git does, and replaces it whole; its mode stays.
    ///
    /// - Returns: how many; 0 also where there is no file.
    /// - Throws: ``FileFailure`` if it is a symbolic link, no regular file, or another user's.
    func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int

    /// Whether ``replaceUserFile(_:with:marks:)`` would refuse this path, without any change.
    func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure)

    /// Whether ``appendToStepFile(_:_:isSecret:)`` would refuse this file, without any change.
    ///
    /// - Parameter mayBeAbsent: whether ``createStepFile(_:)`` comes first.
    func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure)

    /// Whether ``replaceSharedFile(_:with:mode:)`` would work, as far as that shows without a write.
    func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure)

    /// Puts `bytes` where other programs read them at any instant: they see the old bytes or the new ones, whole.
    ///
    /// An existing file's owner and group stay what they are, and so do its permissions unless `mode` says otherwise;
    /// a new one is 0600.
    ///
    /// - Throws: ``FileFailure`` if an existing target is not a regular file with one name, if it would lose its owner
    ///   or group, if everyone may read it, if others can write the directory and it lacks the sticky bit, or if it
    ///   lies in a git work tree.
    func replaceSharedFile(_ path: String, with bytes: borrowing Secret, mode: UInt16?) throws(FileFailure)

    /// Appends to a file that the provider prepared, in one write, after a line feed if its last line lacks one.
    ///
    /// - Throws: ``FileFailure`` if it is not a regular file; if it is a symlink; if `secret` and others can write it.
    func appendToStepFile(_ path: String, _ bytes: borrowing Secret, isSecret: Bool) throws(FileFailure)

    /// Makes an empty file (0600) where the provider named one and did not make it; leaves one that is there alone.
    func createStepFile(_ path: String) throws(FileFailure)

    /// Appends what `lines` makes of the log's end, in one write under the kernel's lock; durable when it returns.
    ///
    /// A log that is not there yet is made, 0600.
    ///
    /// - Throws: ``FileFailure`` if it is a symlink, no regular file, another user's, or has a second name; if others
    ///   can write it, or its directory, which lacks the sticky bit; if another process holds it until `deadline`.
    func appendToLog(
        _ path: String, until deadline: Duration, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure)

    /// Replaces what a short file holds by what `change` makes of it, in one write under the kernel's lock, which is
    /// held meanwhile; durable when it returns. The file is one as in ``appendToLog(_:until:clock:_:)``.
    ///
    /// - Parameter change: `nil` leaves the file as it is.
    func updateLog(
        _ path: String, until deadline: Duration, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure)

    /// Whether ``appendToLog(_:until:clock:_:)`` would refuse this log, without any change; `look` gets the end of one
    /// that is there.
    func checkLog(_ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void) throws(FileFailure)

    /// A log as it is at this moment, whoever owns it.
    ///
    /// - Returns: `nil` where there is none.
    /// - Throws: ``FileFailure`` also where another process writes it until `deadline`.
    func openLog(_ path: String, until deadline: Duration, clock: any Clock) throws(FileFailure) -> (any LogReader)?

    func kind(of path: String) -> FileKind?

    /// Whether what lies at `path` is gone after a restart: a file system in memory.
    func isInMemory(_ path: String) -> Bool

    /// What can be known of a file or directory without opening it; `nil` where there is none, or it is out of reach.
    func facts(of path: String) -> FileFacts?

    /// The names in a directory, sorted; empty where there is none.
    func names(in directory: String) -> [String]

    var workingDirectory: String { get }

    var userID: UInt32 { get }
}

extension Files {
    /// For those whose standard input is a file like others: all of it.
    package func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        try read("/dev/stdin", limit: limit) ?? Secret(copying: [])
    }
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
    package let isOurs: Bool
    package let modifiedAt: Timestamp
    /// Why this process could not write it, in the operating system's words; `nil` where it could.
    package let writeRefusal: String?

    package init(
        kind: FileKind, permissions: UInt32, isOurs: Bool, modifiedAt: Timestamp, writeRefusal: String? = nil
    ) {
        self.kind = kind
        self.permissions = permissions
        self.isOurs = isOurs
        self.modifiedAt = modifiedAt
        self.writeRefusal = writeRefusal
    }
}

/// A directory of this user's alone, opened once and used through its descriptor.
package protocol PrivateDirectory: Sendable {
    var path: String { get }

    /// Of the files in it, sorted; none where it cannot be read.
    var names: [String] { get }

    /// The same, for those to whom it matters whether there are none.
    func listed() throws(FileFailure) -> [String]

    /// After a crash at any instant the name holds the old bytes or the new ones.
    func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure)

    /// A directory below this one, with the same promises.
    func subdirectory(_ name: String) throws(FileFailure) -> any PrivateDirectory

    /// Overwrites a file with zeros and removes it; nothing happens where there is none.
    func remove(_ name: String) throws(FileFailure)

    /// Removes a file that holds no secret; nothing happens where it cannot be.
    func drop(_ name: String)

    /// `nil` where there is no such file.
    func read(_ name: String, limit: Int) throws(FileFailure) -> Secret?

    /// Waits until no other process holds the lock of this name.
    ///
    /// The kernel lets go of it when its holder dies. Where the file system has no locks there is nothing to wait for:
    /// see ``DirectoryLock/weakness``.
    func lock(_ name: String, until deadline: Duration, clock: any Clock) throws(FileFailure) -> any DirectoryLock

    /// Why nobody can lock a file in it, in the operating system's words; `nil` where they can.
    var lockRefusal: String? { get }

    /// Whether the file `name`, if it is there, may be changed, and so many bytes would find room beside it: without a
    /// change that could be seen, and without a lock.
    func checkRoom(for name: String, byteCount: Int) throws(FileFailure)

    /// Opens, and makes where needed, a file that this process alone may write until it ends or lets go.
    ///
    /// - Returns: `nil` where another process holds it.
    func openLog(_ name: String) throws(FileFailure) -> (any LogFile)?

    /// Overwrites every file of hfmint's with zeros, as well as the disk lets us, removes it, and then the directory
    /// if nothing else is in it.
    ///
    /// In a directory that a user named, this is what hfmint can show that it made.
    ///
    /// - Parameter isKept: the names of those that stay.
    /// - Parameter leaving: gets what has a name of hfmint's and stays, because nothing else shows that it is.
    /// - Returns: the paths that are gone.
    /// - Throws: the first failure, after all have been tried.
    func erase(
        keeping isKept: (String) -> Bool, leaving: (FileFailure) -> Void
    ) throws(FileFailure) -> [String]
}

extension PrivateDirectory {
    package func listed() throws(FileFailure) -> [String] { names }

    package var lockRefusal: String? { nil }

    package func erase() throws(FileFailure) -> [String] { try erase(keeping: { _ in false }, leaving: { _ in }) }
}

/// A lock that is held until it is let go, or this process ends.
package protocol DirectoryLock: Sendable {
    /// Why it keeps nobody away: the file system has no locks, in the operating system's words.
    var weakness: String? { get }

    func release()
}

extension DirectoryLock {
    package var weakness: String? { nil }
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
