/// A directory of this user's alone, opened once and used through its descriptor.
package protocol PrivateDirectory: Sendable {
    var path: String { get }

    /// The names of what is in it, sorted.
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
    func lock(_ name: String, until deadline: Uptime, clock: any Clock) throws(FileFailure) -> any DirectoryLock

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
    /// The names of what is in it, sorted; none where it cannot be read.
    package var names: [String] { (try? listed()) ?? [] }

    package func erase() throws(FileFailure) -> [String] { try erase(keeping: { _ in false }, leaving: { _ in }) }
}

/// A lock that is held until it is let go, or this process ends.
package protocol DirectoryLock: Sendable {
    /// Why it keeps nobody away: the file system has no locks, in the operating system's words.
    var weakness: String? { get }

    func release()
}
