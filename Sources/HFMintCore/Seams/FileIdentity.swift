/// The identity of a file, whatever its name; a file that replaces another has a new identity.
package struct FileIdentity: Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// When the file was made, in nanoseconds since 1970, or 0 if that is unknown.
    ///
    /// A file system may give the inode number of a removed file to the next one.
    package let madeAt: UInt64

    package init(device: UInt64, inode: UInt64, madeAt: UInt64 = 0) {
        self.device = device
        self.inode = inode
        self.madeAt = madeAt
    }
}

extension FileIdentity: Equatable {
    /// Returns whether both are the same file; an unknown time matches every other.
    package static func == (one: FileIdentity, other: FileIdentity) -> Bool {
        one.device == other.device && one.inode == other.inode
            && (one.madeAt == other.madeAt || one.madeAt == 0 || other.madeAt == 0)
    }
}
