internal import CLinux
import Glibc
internal import HFMintCore

/// A path that a user named for a file that hfmint writes.
///
/// Only a file that is provably hfmint's is replaced or removed.
///
/// The mark of the file, taken when it was written, proves it. The job's directory notes the mark, and the file system
/// keeps it as an attribute of the file; both happen before the file has its name. An empty file may be replaced too.
struct UserFile: ~Copyable {
    let directory: Descriptor
    let name: String
    let path: String
    let marks: (any FileMarks)?

    init(_ path: String, in directory: consuming Descriptor, _ marks: (any FileMarks)?) {
        self.directory = directory
        self.path = path
        self.marks = marks
        name = FilePath(path).name
    }

    struct Replaceable {
        let identity: FileIdentity
        /// Whether hfmint leaves an empty file behind in the end, because the file was empty at first.
        let isToBeEmpty: Bool
    }

    /// What stands at a path.
    enum Sight {
        case nothing
        case replaceable(Replaceable)
        case foreign(FileFailure)
    }

    /// How often other processes may change the file while hfmint looks at it.
    static let patience = 1_000
    /// The ending of the hidden name of the new file and, after the exchange, of the old one, which may be foreign.
    static let swapEnding = "swap"

    /// Returns the file that may be replaced, or nil if there is none, or throws if it is not hfmint's.
    func standing() throws(FileFailure) -> Replaceable? {
        switch try look(at: name) {
        case .nothing: return nil
        case .replaceable(let standing): return standing
        case .foreign(let failure): throw failure
        }
    }

    /// Returns what stands at `entry`.
    ///
    /// It looks twice before it says that the file is foreign.
    func look(at entry: String) throws(FileFailure) -> Sight {
        for _ in 0..<Self.patience {
            let sight = try glance(at: entry)
            // Another hfmint may just have replaced the file, and struck the mark of the old one.
            guard case .foreign(let failure) = sight, try glance(at: entry).failure != failure else { return sight }
        }
        throw FileFailure(path, "other processes replace it again and again")
    }

    private func glance(at entry: String) throws(FileFailure) -> Sight {
        do throws(FileFailure) {
            guard let status = try directory.targetBelow(entry, path) else { return .nothing }
            guard status.isOurs else { throw FileFailure(path, "it belongs to another user", isTaken: true) }
            guard status.permissions == 0o600 else {
                let mode = String(status.permissions, radix: 8)
                throw FileFailure(path, "it exists with mode \(mode) instead of 600", isTaken: true)
            }
        } catch {
            guard error.isTaken else { throw error }
            return .foreign(error)
        }
        do throws(Errno) {
            let file = try directory.openBelow(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let found = try file.mark()
            let made = mark(of: file, found.identity)
            let isUntouched = try made.map { made throws(Errno) in try file.isUntouched(since: made, found) } ?? false
            if let made, isUntouched {
                return .replaceable(Replaceable(identity: found.identity, isToBeEmpty: made.wasEmpty))
            }
            if found.byteCount == 0 {
                return .replaceable(Replaceable(identity: found.identity, isToBeEmpty: true))
            }
            let reason =
                made == nil
                ? "it is there already, and nothing shows that hfmint made it"
                : "it was changed since hfmint wrote it"
            return .foreign(FileFailure(path, reason, isTaken: true))
        } catch {
            // Another process has removed or replaced it.
            guard error.code == ENOENT || error.code == ELOOP else { throw error.failure(path) }
            return .nothing
        }
    }

    /// Returns the mark of this file as hfmint wrote it, or nil if hfmint did not write it.
    private func mark(of file: borrowing Descriptor, _ identity: FileIdentity) -> FileMark? {
        if let mark = file.keptMark(device: identity.device), mark.identity == identity { return mark }
        return marks?.mark(of: identity)
    }

    /// Removes what killed processes left: drafts, and those swapped-out files that are hfmint's.
    ///
    /// - Returns: why the first file that could not be removed could not, or nil.
    @discardableResult
    func sweep(erasing: Bool = false) -> FileFailure? {
        directory.sweepDrafts(of: name)
        var failure: FileFailure?
        for (entry, word) in directory.hiddenEntries(of: name, Self.swapEnding) where DrawnWord.isDrawn(word) {
            // Open for writing too, because one kind of lock needs that.
            guard let file = try? directory.openBelow(entry, O_RDWR | O_NOFOLLOW | O_NONBLOCK),
                let status = try? file.status(), (try? file.tryLock(otherwise: status.isOld)) == true,
                case .replaceable(let left) = try? look(at: entry)
            else { continue }
            // Another program may still be reading it, so it is erased only on request.
            do throws(Errno) {
                if erasing { try directory.eraseBelow(entry) } else { directory.unlinkBelow(entry) }
                marks?.strike(left.identity)
            } catch {
                failure = failure ?? error.failure(entryPath(entry))
            }
        }
        return failure
    }

    /// Returns the path of an entry of the same folder.
    private func entryPath(_ entry: String) -> String { FilePath(entry).from(FilePath(path).folder).text }
}

extension UserFile {
    /// Erases the file if it still is the one that `mark` describes, and what killed processes left.
    func erase(_ mark: FileMark) throws(FileFailure) -> UserFileErasure {
        let failure = sweep(erasing: true)
        let ending = try eraseItself(mark)
        if let failure { throw failure }
        return ending
    }

    private func eraseItself(_ mark: FileMark) throws(FileFailure) -> UserFileErasure {
        let seen = try ending { () throws(Errno) in
            let file = try directory.openBelow(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let found = try file.mark()
            guard found.identity == mark.identity else { return .another }
            guard try file.isUntouched(since: mark, found) else { return .changed }
            guard mark.wasEmpty else { return nil }
            return try directory.blankBelow(name, mark.identity) ? .emptied : .another
        }
        return if let seen { seen } else { try remove(mark.identity) }
    }

    /// Returns what `body` returns, or that the file is gone, or that it is not hfmint's.
    private func ending(
        _ body: () throws(Errno) -> UserFileErasure?
    ) throws(FileFailure) -> UserFileErasure? {
        do throws(Errno) {
            return try body()
        } catch {
            switch error.code {
            case ENOENT: return .gone
            // The entry is a link or a socket.
            case ELOOP, ENXIO: return .another
            default: throw error.failure(path)
            }
        }
    }

    /// Moves the file aside, and then erases it.
    ///
    /// A file that another process has just put there gets its name back.
    private func remove(_ identity: FileIdentity) throws(FileFailure) -> UserFileErasure {
        let aside = Self.hiddenName(name)
        guard unsafe hfmint_linux_rename_new(directory.number, name, aside) == 0 else {
            let failure = Errno.last
            if failure.code == ENOENT { return .gone }
            guard failure.isUnsupported else { throw failure.failure(path) }
            let seen = try ending { () throws(Errno) in try eraseIfIt(name, identity) ? .erased : .another }
            return seen ?? .another
        }
        do throws(Errno) {
            if try eraseIfIt(aside, identity) { return .erased }
        } catch {
            throw givenBack(aside, error.failure(path))
        }
        guard unsafe hfmint_linux_rename_new(directory.number, aside, name) == 0 else {
            throw stranded(aside, Errno.last.failure(path))
        }
        return .another
    }

    private func eraseIfIt(_ name: String, _ identity: FileIdentity) throws(Errno) -> Bool {
        guard try directory.holds(identity, as: name) else { return false }
        try directory.eraseBelow(name)
        return true
    }

    /// Renames a hidden file to its own name, if no other file has that name.
    ///
    /// - Returns: `failure`. It says where the file is if the rename failed.
    func givenBack(_ entry: String, _ failure: FileFailure) -> FileFailure {
        guard unsafe hfmint_linux_rename_new(directory.number, entry, name) != 0, errno != ENOENT else {
            return failure
        }
        return stranded(entry, failure)
    }

    /// Returns `failure`, and says under which hidden name the file is.
    func stranded(_ entry: String, _ failure: FileFailure) -> FileFailure {
        FileFailure(
            failure.path,
            "\(failure.reason); a file that stood there is '\(entryPath(entry))' now: give it its name back",
            isTaken: failure.isTaken)
    }
}

extension UserFile.Sight {
    var failure: FileFailure? {
        if case .foreign(let failure) = self { failure } else { nil }
    }
}

extension Descriptor {
    /// Returns the mark of this file as it is now.
    func mark() throws(Errno) -> FileMark {
        let status = try status()
        return FileMark(try identity(), byteCount: status.byteCount, modifiedAt: status.modifiedAt)
    }

    /// Returns the mark that the file system keeps with this file, or nil.
    func keptMark(device: UInt64) -> FileMark? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            unsafe hfmint_linux_mark(number, room.baseAddress, room.count)
        }
        return count > 0 ? FileMark(attribute: Array(bytes[..<count]), device: device) : nil
    }

    /// Keeps the mark as an attribute of this file, if the file system can.
    func keep(_ mark: FileMark) {
        let bytes = mark.attribute
        _ = unsafe bytes.withUnsafeBytes { unsafe hfmint_linux_set_mark(number, $0.baseAddress, $0.count) }
    }

    /// Returns whether the file is as hfmint left it.
    ///
    /// Empty or filled with zeros also counts: a process that was killed while it erased the file leaves it so.
    func isUntouched(since made: FileMark, _ found: FileMark) throws(Errno) -> Bool {
        if made.holds(of: found) { return true }
        guard found.byteCount <= 1 << 20 else { return false }
        return try readRegular(limit: 1 << 20).reveal { bytes in bytes.indices.allSatisfy { bytes[$0] == 0 } }
    }

    /// Overwrites a file with zeros and empties it.
    ///
    /// Returns `false` if it no longer is the file with this identity.
    fileprivate func blankBelow(_ name: String, _ identity: FileIdentity) throws(Errno) -> Bool {
        let file = try openBelow(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try file.identity() == identity else { return false }
        try file.write(Secret(copying: repeatElement(0, count: min(try file.status().byteCount, 1 << 20))))
        try file.sync(.wanted)
        guard ftruncate(file.number, 0) == 0 else { throw .last }
        return true
    }
}
