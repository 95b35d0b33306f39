internal import CLinux
import Glibc
internal import HFMintCore

/// A path that a user named for a file that hfmint writes.
///
/// Only a file that is provably hfmint's is replaced or removed. Its ``FileMark``, taken when it was written, proves
/// it. The job's directory notes the mark, and the file system keeps it as an attribute of the file; both happen before
/// the file has its name. An empty file may be replaced too.
///
/// `UserFile+Placing.swift` writes the file, and `UserFile+Erasing.swift` removes it.
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

    /// What was found at a name of the directory.
    enum Finding: Equatable {
        case nothing
        case replaceable(Replaceable)
        /// A file that hfmint must not touch, and why.
        case foreign(FileFailure)
    }

    struct Replaceable: Equatable {
        let identity: FileIdentity
        /// See ``FileMark/wasEmpty``.
        let wasEmpty: Bool
    }

    /// How often other processes may change the file while hfmint works on it.
    static let tryLimit = 1_000

    var replacedTooOften: FileFailure { FileFailure(path, "other processes replace it again and again") }

    /// Returns the file that a new one replaces, or nil if there is none.
    ///
    /// - Throws: if the file is foreign.
    func replaceable() throws(FileFailure) -> Replaceable? {
        switch try examine(name) {
        case .nothing: return nil
        case .replaceable(let file): return file
        case .foreign(let failure): throw failure
        }
    }

    /// Examines the file `entry`, a foreign one twice.
    ///
    /// Between two looks, another hfmint may have replaced the file, and struck the mark of the old one.
    func examine(_ entry: String) throws(FileFailure) -> Finding {
        for _ in 0..<Self.tryLimit {
            let finding = try examineOnce(entry)
            guard case .foreign = finding, try examineOnce(entry) != finding else { return finding }
        }
        throw replacedTooOften
    }

    private func examineOnce(_ entry: String) throws(FileFailure) -> Finding {
        do throws(FileFailure) {
            guard let status = try directory.targetBelow(entry, path) else { return .nothing }
            guard status.isOurs else { return foreign("it belongs to another user") }
            guard status.permissions == 0o600 else {
                return foreign("it exists with mode \(String(status.permissions, radix: 8)) instead of 600")
            }
        } catch {
            guard error.isTaken else { throw error }
            return .foreign(error)
        }
        do throws(Errno) {
            let file = try directory.openBelow(entry, O_RDONLY)
            let found = try file.mark()
            let made = mark(of: file, found.identity)
            if let made, try file.isUntouched(since: made, found) {
                return .replaceable(Replaceable(identity: found.identity, wasEmpty: made.wasEmpty))
            }
            if found.byteCount == 0 { return .replaceable(Replaceable(identity: found.identity, wasEmpty: true)) }
            return foreign(
                made == nil
                    ? "it is there already, and nothing shows that hfmint made it"
                    : "it was changed since hfmint wrote it")
        } catch {
            // Another process has removed or replaced it.
            guard error.code == ENOENT || error.code == ELOOP else { throw error.failure(path) }
            return .nothing
        }
    }

    private func foreign(_ reason: String) -> Finding { .foreign(FileFailure(path, reason, isTaken: true)) }

    /// Returns the mark of this file as hfmint wrote it, or nil if hfmint did not write it.
    private func mark(of file: borrowing Descriptor, _ identity: FileIdentity) -> FileMark? {
        if let mark = file.keptMark(device: identity.device), mark.identity == identity { return mark }
        return marks?.mark(of: identity)
    }
}

/// The hidden names that files have for a moment.
extension UserFile {
    /// The ending of the hidden name of the new file and, after the exchange, of the old one, which may be foreign.
    private static let swapEnding = "swap"

    static func hiddenName(_ name: String) -> String { Descriptor.hiddenName(name, swapEnding) }

    /// Removes what killed processes left under hidden names: drafts, and old files that are hfmint's.
    ///
    /// - Parameter erasing: whether old files are erased. Otherwise they keep their bytes, which another program may
    ///   still be reading.
    /// - Returns: the first failure to remove a file, or nil.
    @discardableResult
    func sweep(erasing: Bool = false) -> FileFailure? {
        directory.sweepDrafts(of: name)
        var failure: FileFailure?
        for entry in (try? directory.names()) ?? [] where Descriptor.isHidden(entry, name, Self.swapEnding) {
            // Open for writing too, because one kind of lock needs that.
            guard let file = try? directory.openBelow(entry, O_RDWR), let status = try? file.status(),
                (try? file.tryLock(otherwise: status.isOld)) == true, case .replaceable(let old) = try? examine(entry)
            else { continue }
            do throws(Errno) {
                if erasing { try directory.eraseBelow(entry) } else { directory.unlinkBelow(entry) }
                marks?.strike(old.identity)
            } catch {
                failure = failure ?? error.failure(path(of: entry))
            }
        }
        return failure
    }

    private func path(of entry: String) -> String { FilePath(entry).from(FilePath(path).folder).text }

    /// Gives the hidden file `entry` its own name back, if no other file has it.
    ///
    /// - Returns: `failure`, which says where the file is if it could not have its name.
    func giveBack(_ entry: String, after failure: FileFailure) -> FileFailure {
        guard unsafe hfmint_linux_rename_new(directory.number, entry, name) != 0, errno != ENOENT else {
            return failure
        }
        return tellingWhere(entry, failure)
    }

    /// Returns `failure` with the path of the hidden file `entry`.
    func tellingWhere(_ entry: String, _ failure: FileFailure) -> FileFailure {
        FileFailure(
            failure.path,
            "\(failure.reason); a file that stood there is '\(path(of: entry))' now: give it its name back",
            isTaken: failure.isTaken)
    }
}
