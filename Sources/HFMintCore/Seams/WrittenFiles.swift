/// Files that a user names for what hfmint makes: only what hfmint can show that it made is replaced or removed.
package protocol UserFiles: Sendable {
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

    /// Whether ``replaceUserFile(_:with:marks:)`` would refuse this path, without any change.
    func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure)

    /// Overwrites a file that ``replaceUserFile(_:with:marks:)`` wrote with zeros, and removes it, or leaves it empty
    /// where it was; what hfmint did not make, or another program changed, stays.
    func eraseUserFile(_ path: String, _ mark: FileMark, marks: any FileMarks) throws(FileFailure) -> UserFileErasure
}

/// Files in which a CI system takes variables for later steps.
package protocol StepFileWriting: Sendable {
    /// Appends to such a file, in one write, after a line feed if its last line lacks one.
    ///
    /// - Parameter mayBeAbsent: whether it is made (0600) where the provider named one and did not make it.
    /// - Throws: ``FileFailure`` if it is not a regular file; if it is a symlink; if `secret` and others can write it.
    func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool, mayBeAbsent: Bool
    ) throws(FileFailure)

    /// Whether ``appendToStepFile(_:_:isSecret:mayBeAbsent:)`` would refuse this file, without any change.
    func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure)
}

/// Files that other programs read at any instant: they see the old bytes or the new ones, whole.
package protocol SharedFiles: Sendable {
    /// Replaces a file, or makes it.
    ///
    /// An existing file's owner and group stay what they are, and so do its permissions unless `mode` says otherwise;
    /// a new one is 0600.
    ///
    /// - Throws: ``FileFailure`` if an existing target is not a regular file with one name, if it would lose its owner
    ///   or group, if everyone may read it, if others can write the directory and it lacks the sticky bit, or if it
    ///   lies in a git work tree.
    func replaceSharedFile(_ path: String, with bytes: borrowing Secret, mode: UInt16?) throws(FileFailure)

    /// Whether ``replaceSharedFile(_:with:mode:)`` would work, as far as that shows without a write.
    func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure)

    /// Replaces a file that everyone may read, and that holds no secret.
    ///
    /// - Parameter isOurs: whether hfmint wrote what stands there; anything else is left as it is.
    func replacePublicFile(
        _ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure)
}

/// Files that other programs write.
package protocol ForeignFiles: Sendable {
    /// Whether another program, which replaces files, may be asked to write this one: it is not there yet, or a
    /// regular file of this user's with one name, also where links lead to it.
    func checkForeignWrite(_ path: String) throws(FileFailure)

    /// Takes lines out of a file that its program locks as git does, and replaces it whole; its mode stays.
    ///
    /// - Returns: how many; 0 also where there is no file.
    /// - Throws: ``FileFailure`` if it is a symbolic link, no regular file, or another user's.
    func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int
}
