/// Files at paths that a user names, which hfmint replaces or removes only if it can prove that it made them.
package protocol UserFiles: Sendable {
    /// Writes `bytes` to `path` (0600): makes a draft beside it, flushes it, notes its mark, and renames it.
    ///
    /// A file that appears at `path` meanwhile stays.
    ///
    /// - Parameter marks: the marks of earlier files; without them, the attributes in the file system count.
    /// - Throws: ``FileFailure`` if the file there is neither empty nor one that hfmint made and nobody changed, if it
    ///   is not a regular 0600 file of this user, if others can write the directory and it lacks the sticky bit, or if
    ///   it lies in a git work tree.
    func replaceUserFile(_ path: String, with bytes: borrowing Secret, marks: (any FileMarks)?) throws(FileFailure)

    /// Throws what ``replaceUserFile(_:with:marks:)`` would throw, without a change.
    func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure)

    /// Overwrites a file that ``replaceUserFile(_:with:marks:)`` wrote with zeros, and removes or empties it.
    ///
    /// A file that hfmint did not make, or that another program changed, stays.
    func eraseUserFile(_ path: String, _ mark: FileMark, marks: any FileMarks) throws(FileFailure) -> UserFileErasure
}

/// Files from which a CI system takes variables for later steps.
package protocol StepFileWriting: Sendable {
    /// Appends to a file in one write, after a line feed if its last line lacks one.
    ///
    /// - Parameter mayBeAbsent: whether to make the file (0600) if the CI system named it and did not make it.
    /// - Throws: ``FileFailure`` if it is a symlink or not a regular file, or if `isSecret` and others can write it.
    func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool, mayBeAbsent: Bool
    ) throws(FileFailure)

    /// Throws what ``appendToStepFile(_:_:isSecret:mayBeAbsent:)`` would throw, without a change.
    func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure)
}

/// Files that other programs may read at any time, and of which they see the old or the new bytes as a whole.
package protocol SharedFiles: Sendable {
    /// Replaces a file, or makes it.
    ///
    /// An existing file keeps its owner and group, and its permissions unless `mode` sets them; a new one is 0600.
    ///
    /// - Throws: ``FileFailure`` if an existing target is not a regular file with one name, if it would lose its owner
    ///   or group, if everyone may read it, if others can write the directory and it lacks the sticky bit, or if it
    ///   lies in a git work tree.
    func replaceSharedFile(_ path: String, with bytes: borrowing Secret, mode: UInt16?) throws(FileFailure)

    /// Throws what ``replaceSharedFile(_:with:mode:)`` would throw, as far as that shows without a write.
    func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure)

    /// Replaces a file that everyone may read, and that holds no secret.
    ///
    /// An existing file keeps its owner, group and permissions; a new one is 0644.
    ///
    /// - Parameter isOurs: returns whether hfmint may replace the bytes of the existing file; any other file stays.
    func replacePublicFile(_ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool) throws(FileFailure)
}

/// Files that other programs write.
package protocol ForeignFiles: Sendable {
    /// Checks that another program may be asked to replace this file: it does not exist yet, or is, also at the end of
    /// links, a regular file of this user's with one name.
    func checkForeignWrite(_ path: String) throws(FileFailure)

    /// Removes lines from a file under a lock as git takes it, and replaces the file as a whole; its mode stays.
    ///
    /// - Returns: the number of removed lines, 0 also if there is no file.
    /// - Throws: ``FileFailure`` if it is a symbolic link, no regular file, or another user's.
    func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int
}
