internal import CLinux
import Glibc
internal import HFMintCore

/// A path that a user named for a file of hfmint's: only what hfmint can show that it made is replaced or removed.
///
/// What shows it is the mark of the file as it was written: noted in the job's directory, and kept by the file system
/// as an attribute of the file. Both come before the name. An empty file has nothing to lose, and is taken too.
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

    /// What may be replaced.
    struct Replaceable {
        let identity: FileIdentity
        /// Whether it is to be empty again in the end.
        let isToBeEmpty: Bool
    }

    enum Sight {
        case nothing
        case replaceable(Replaceable)
        case foreign(FileFailure)
    }

    /// As often as that other processes may change what stands there while it is looked at.
    static let patience = 1_000
    /// The file that is put in place, and then the one that was there: that is not always hfmint's to sweep.
    static let swapEnding = "swap"

    /// What stands there and may be replaced; `nil` where there is nothing.
    func standing() throws(FileFailure) -> Replaceable? {
        switch try look(at: name) {
        case .nothing: return nil
        case .replaceable(let standing): return standing
        case .foreign(let failure): throw failure
        }
    }

    func look(at entry: String) throws(FileFailure) -> Sight {
        for _ in 0..<Self.patience {
            let sight = try glance(at: entry)
            // Another hfmint may have put its file there, and struck the one that was looked at, a moment ago.
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
            // Another process was quicker.
            guard error.code == ENOENT || error.code == ELOOP else { throw error.failure(path) }
            return .nothing
        }
    }

    /// How hfmint left this file, where it made it.
    private func mark(of file: borrowing Descriptor, _ identity: FileIdentity) -> FileMark? {
        if let mark = file.keptMark(device: identity.device), mark.identity == identity { return mark }
        return marks?.mark(of: identity)
    }

    /// Removes what killed processes left: drafts, and files that were swapped out where they are hfmint's.
    ///
    /// - Returns: why one of these could not be removed.
    @discardableResult
    func sweep(erasing: Bool = false) -> FileFailure? {
        directory.sweepDrafts(of: name)
        var failure: FileFailure?
        for (entry, word) in directory.besides(name, Self.swapEnding) where DrawnWord.isDrawn(word) {
            // For writing too, without which one kind of lock cannot be had.
            guard let file = try? directory.openBelow(entry, O_RDWR | O_NOFOLLOW | O_NONBLOCK),
                let status = try? file.status(), (try? file.tryLock(otherwise: status.isOld)) == true,
                case .replaceable(let left) = try? look(at: entry)
            else { continue }
            // Somebody may be reading it, as it had the name a moment ago.
            do throws(Errno) {
                if erasing { try directory.eraseBelow(entry) } else { directory.unlinkBelow(entry) }
                marks?.strike(left.identity)
            } catch {
                failure = failure ?? error.failure(place(of: entry))
            }
        }
        return failure
    }

    /// The path of what stands beside it.
    private func place(of entry: String) -> String { FilePath(entry).from(FilePath(path).folder).text }
}

extension UserFile {
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

    /// What `body` says, or that there is nothing, or nothing of hfmint's.
    private func ending(
        _ body: () throws(Errno) -> UserFileErasure?
    ) throws(FileFailure) -> UserFileErasure? {
        do throws(Errno) {
            return try body()
        } catch {
            switch error.code {
            case ENOENT: return .gone
            // A link, or a socket.
            case ELOOP, ENXIO: return .another
            default: throw error.failure(path)
            }
        }
    }

    /// Takes it aside first: what another process has put in its place meanwhile gets its name back.
    private func remove(_ identity: FileIdentity) throws(FileFailure) -> UserFileErasure {
        let aside = Self.hiddenName(name)
        guard unsafe hfmint_linux_rename_new(directory.number, name, aside) == 0 else {
            let failure = Errno.last
            if failure.code == ENOENT { return .gone }
            guard failure.isMissing else { throw failure.failure(path) }
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

    /// Gives what has a hidden name its own one, if nothing has that by now.
    ///
    /// - Returns: `failure`, and where the file is that could not get its name.
    func givenBack(_ entry: String, _ failure: FileFailure) -> FileFailure {
        guard unsafe hfmint_linux_rename_new(directory.number, entry, name) != 0, errno != ENOENT else {
            return failure
        }
        return stranded(entry, failure)
    }

    /// Says where a file is that nobody would look for there.
    func stranded(_ entry: String, _ failure: FileFailure) -> FileFailure {
        FileFailure(
            failure.path,
            "\(failure.reason); a file that stood there is '\(place(of: entry))' now: give it its name back",
            isTaken: failure.isTaken)
    }
}

extension UserFile.Sight {
    var failure: FileFailure? {
        if case .foreign(let failure) = self { failure } else { nil }
    }
}

extension Descriptor {
    /// As it is now.
    func mark() throws(Errno) -> FileMark {
        let status = try status()
        return FileMark(try identity(), byteCount: status.byteCount, modifiedAt: status.modifiedAt)
    }

    /// The mark that the file system keeps with it.
    func keptMark(device: UInt64) -> FileMark? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            unsafe hfmint_linux_mark(number, room.baseAddress, room.count)
        }
        return count > 0 ? FileMark(attribute: Array(bytes[..<count]), device: device) : nil
    }

    /// Not every file system can.
    func keep(_ mark: FileMark) {
        let bytes = mark.attribute
        _ = unsafe bytes.withUnsafeBytes { unsafe hfmint_linux_set_mark(number, $0.baseAddress, $0.count) }
    }

    /// Whether it is as hfmint left it: also zeros alone, where a process was killed while it erased it, or nothing.
    func isUntouched(since made: FileMark, _ found: FileMark) throws(Errno) -> Bool {
        if made.holds(of: found) { return true }
        guard found.byteCount <= 1 << 20 else { return false }
        return try readRegular(limit: 1 << 20).reveal { bytes in bytes.indices.allSatisfy { bytes[$0] == 0 } }
    }

    /// Overwrites it with zeros, and leaves it empty.
    ///
    /// - Returns: `false` where it is another file by now.
    fileprivate func blankBelow(_ name: String, _ identity: FileIdentity) throws(Errno) -> Bool {
        let file = try openBelow(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try file.identity() == identity else { return false }
        try file.write(Secret(copying: repeatElement(0, count: min(try file.status().byteCount, 1 << 20))))
        try file.sync(.wanted)
        guard ftruncate(file.number, 0) == 0 else { throw .last }
        return true
    }
}
