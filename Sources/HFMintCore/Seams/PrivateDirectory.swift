/// A directory that belongs to this user alone, opened once and used through its descriptor.
package protocol PrivateDirectory: Sendable {
    var path: String { get }

    /// Returns the names of the directory's entries, sorted.
    func listed() throws(FileFailure) -> [String]

    /// Replaces a file, or makes it; after a crash it holds the old bytes or the new ones.
    func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure)

    /// Opens or makes a private directory below this one.
    func subdirectory(_ name: String) throws(FileFailure) -> any PrivateDirectory

    /// Overwrites a file with zeros and removes it, if it exists.
    func remove(_ name: String) throws(FileFailure)

    /// Removes a file that holds no secret, if it can be removed.
    func drop(_ name: String)

    /// Reads a file, or returns nil if it does not exist.
    func read(_ name: String, limit: Int) throws(FileFailure) -> Secret?

    /// Waits until no other process holds the lock of this name, and takes it.
    ///
    /// The kernel releases a lock when its holder dies. A file system without locks gives a lock with a
    /// ``DirectoryLock/weakness``.
    func lock(_ name: String, until deadline: Uptime, clock: any Clock) throws(FileFailure) -> any DirectoryLock

    /// Why files in the directory cannot be locked, in the operating system's words, or nil if they can.
    var lockRefusal: String? { get }

    /// Checks that the file `name` may be changed if it exists, and that `byteCount` bytes find room beside it.
    ///
    /// It makes no visible change, and takes no lock.
    func checkRoom(for name: String, byteCount: Int) throws(FileFailure)

    /// Opens or makes a file that no other process can write until this one ends or releases it.
    ///
    /// - Returns: nil if another process holds it.
    func openLog(_ name: String) throws(FileFailure) -> (any LogFile)?

    /// Overwrites the files that hfmint made with zeros, as far as the disk allows it, and removes them; removes the
    /// directory too if nothing else is in it.
    ///
    /// In a directory that a user named, only files that hfmint can prove to have made are removed.
    ///
    /// - Parameter isKept: returns whether the file of a name stays.
    /// - Parameter leaving: gets each file that has a name of hfmint's and stays because nothing proves its origin.
    /// - Returns: the paths that were removed.
    /// - Throws: the first failure, after all files have been tried.
    func erase(keeping isKept: (String) -> Bool, leaving: (FileFailure) -> Void) throws(FileFailure) -> [String]
}

extension PrivateDirectory {
    /// The names of the directory's entries, sorted, or none if it cannot be read.
    package var names: [String] { (try? listed()) ?? [] }

    package func erase() throws(FileFailure) -> [String] { try erase(keeping: { _ in false }, leaving: { _ in }) }
}

/// A lock that is held until it is released, or this process ends.
package protocol DirectoryLock: Sendable {
    /// Why the lock has no effect on this file system, in the operating system's words, or nil if it has.
    var weakness: String? { get }

    func release()
}
