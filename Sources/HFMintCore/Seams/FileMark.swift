/// By which hfmint knows a file again that it made for a user: which one it is, and how it was left.
///
/// It holds nothing of what stands in the file. Where the file system can keep it, it stands beside the file's name
/// as well, so that it outlives the job's directory.
package struct FileMark: Equatable, Sendable {
    package let identity: FileIdentity
    package let byteCount: Int
    /// In nanoseconds since 1970: a write that hfmint did not make moves it.
    package let modifiedAt: UInt64
    /// Whether an empty file of the user's stood there before, which is to be empty again.
    package var wasEmpty: Bool

    package init(_ identity: FileIdentity, byteCount: Int, modifiedAt: UInt64, wasEmpty: Bool = false) {
        self.identity = identity
        self.byteCount = byteCount
        self.modifiedAt = modifiedAt
        self.wasEmpty = wasEmpty
    }

    /// Whether it is the same file, as it was left.
    package func holds(of other: FileMark) -> Bool {
        identity == other.identity && byteCount == other.byteCount && modifiedAt == other.modifiedAt
    }
}

extension FileMark {
    /// As an extended attribute of the file: what a copy of the file, with all its attributes, does not share.
    ///
    /// Without the device, whose number another boot or another container may change.
    package var attribute: [UInt8] {
        let numbers = [identity.inode, identity.madeAt, UInt64(byteCount), modifiedAt]
        return Array((["1"] + numbers.map { "\($0)" } + [wasEmpty ? "empty" : "none"]).joined(separator: " ").utf8)
    }

    /// Reads what ``attribute`` wrote; `nil` for anything else.
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
        // One spelling: signs and zeros in front are nobody's.
        guard self.attribute == attribute else { return nil }
    }
}

/// Where the marks of a user's files are noted, so that they can be shown again.
package protocol FileMarks: Sendable {
    func mark(of identity: FileIdentity) -> FileMark?

    /// Durable against a killed process when it returns; comes before the file has its name.
    func note(_ mark: FileMark) throws(FileFailure)

    /// Of a file that is no more.
    func strike(_ identity: FileIdentity)
}

/// What became of a file that was to be erased.
package enum UserFileErasure: Equatable, Sendable {
    case erased
    /// It was an empty file of the user's, and is again.
    case emptied
    /// Another program has written to it since: it stays.
    case changed
    /// What stands there is not the file that hfmint made: it stays.
    case another
    case gone
}
