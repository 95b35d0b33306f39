/// Which file stands at a path, whatever its name: what it was replaced by is another one.
package struct FileIdentity: Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// When the file was made, in nanoseconds since 1970, because a file system may give the number of a removed one
    /// to the next; 0 where it keeps no such time, or nobody says it.
    package let madeAt: UInt64

    package init(device: UInt64, inode: UInt64, madeAt: UInt64 = 0) {
        self.device = device
        self.inode = inode
        self.madeAt = madeAt
    }
}

extension FileIdentity: Equatable {
    /// Whether it is the same file; a time that is not known tells none from another.
    package static func == (one: FileIdentity, other: FileIdentity) -> Bool {
        one.device == other.device && one.inode == other.inode
            && (one.madeAt == other.madeAt || one.madeAt == 0 || other.madeAt == 0)
    }
}
