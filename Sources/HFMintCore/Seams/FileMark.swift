/// A mark by which hfmint recognises a file that it made for a user, and sees whether it was changed.
///
/// It holds nothing of the file's content. If the file system allows it, the mark is also an attribute of the file, so
/// that it outlives the job's directory.
package struct FileMark: Equatable, Sendable {
    package let identity: FileIdentity
    package let byteCount: Int
    /// In nanoseconds since 1970; a write by another program changes it.
    package let modifiedAt: UInt64
    /// Whether the file replaced an empty file of the user's, and is emptied instead of removed.
    package var wasEmpty: Bool

    package init(_ identity: FileIdentity, byteCount: Int, modifiedAt: UInt64, wasEmpty: Bool = false) {
        self.identity = identity
        self.byteCount = byteCount
        self.modifiedAt = modifiedAt
        self.wasEmpty = wasEmpty
    }

    /// Returns whether `other` is a mark of the same file, and the file is unchanged.
    package func holds(of other: FileMark) -> Bool {
        identity == other.identity && byteCount == other.byteCount && modifiedAt == other.modifiedAt
    }
}

extension FileMark {
    /// The mark as an extended attribute of the file, which does not fit a copy of the file.
    ///
    /// The device is left out, because its number may change with a boot or in another container.
    package var attribute: [UInt8] {
        let numbers = [identity.inode, identity.madeAt, UInt64(byteCount), modifiedAt]
        return Array((["1"] + numbers.map { "\($0)" } + [wasEmpty ? "empty" : "none"]).joined(separator: " ").utf8)
    }

    /// Reads what ``attribute`` wrote, or returns nil for anything else.
    package init?(attribute: [UInt8], device: UInt64) {
        let words = attribute.split(separator: ASCII.space, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count == 6, words[0] == "1", words[5] == "empty" || words[5] == "none",
            let inode = UInt64(words[1]), let madeAt = UInt64(words[2]), let byteCount = Int(words[3]), byteCount >= 0,
            let modifiedAt = UInt64(words[4])
        else { return nil }
        self.init(
            FileIdentity(device: device, inode: inode, madeAt: madeAt), byteCount: byteCount, modifiedAt: modifiedAt,
            wasEmpty: words[5] == "empty")
        // Signs and leading zeros are refused: each mark has one spelling.
        guard self.attribute == attribute else { return nil }
    }
}

/// A store of the marks of users' files.
package protocol FileMarks: Sendable {
    func mark(of identity: FileIdentity) -> FileMark?

    /// Stores a mark before its file gets its name; the mark survives a kill of the process.
    func note(_ mark: FileMark) throws(FileFailure)

    /// Removes the mark of a file that has been removed.
    func strike(_ identity: FileIdentity)
}

/// What was done with a file that was to be erased.
package enum UserFileErasure: Equatable, Sendable {
    case erased
    /// The file was an empty one of the user's, and is empty again.
    case emptied
    /// The file stays, because another program has written to it.
    case changed
    /// The file stays, because hfmint did not make it.
    case another
    case gone
}
