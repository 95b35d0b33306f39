internal import CLinux
import Glibc
internal import HFMintCore

/// What must survive a power failure.
enum Durability {
    /// Nothing: the old bytes may return.
    case unneeded
    /// The new bytes, if the file system can promise that.
    case wanted
    /// The new bytes. The write fails if the file system cannot promise that.
    case needed
}

extension Descriptor {
    /// Makes the written bytes survive a power failure, by fsync(2) or else by a related call.
    ///
    /// - Parameter isDataAlone: whether only the bytes and the size matter.
    /// - Throws: if every such call is missing, see ``Errno/isUnsupported``, or one of them fails.
    func sync(isDataAlone: Bool = false) throws(Errno) {
        var firstFailure: Errno?
        for call in (isDataAlone ? [fdatasync, fsync] : [fsync, fdatasync]) + [hfmint_linux_sync_file_system] {
            var result = call(number)
            while result != 0 && errno == EINTR { result = call(number) }
            if result == 0 { return }
            guard Errno.last.isUnsupported else { throw .last }
            firstFailure = firstFailure ?? .last
        }
        throw firstFailure ?? .last
    }

    /// Makes the written bytes survive a power failure, and tells the user if the file system cannot.
    func sync(_ path: String, isDataAlone: Bool = false) throws(FileFailure) {
        do throws(Errno) {
            try sync(isDataAlone: isDataAlone)
        } catch {
            guard error.isUnsupported else { throw error.failure(path) }
            throw FileFailure(
                path,
                "its file system cannot flush (\(error.reason)), and a power failure would take what was written last:"
                    + " move it to a local disk")
        }
    }

    /// Flushes, and ignores that the file system cannot unless that is needed.
    func sync(_ durability: Durability) throws(Errno) {
        do throws(Errno) {
            try sync()
        } catch {
            guard durability != .needed, error.isUnsupported else { throw error }
        }
    }

    /// Renames an entry of this directory, and replaces the entry that has the other name.
    func renameBelow(_ name: String, to other: String) throws(Errno) {
        try Self.rename(name, to: other, below: number)
    }

    static func rename(_ name: String, to other: String, below directory: CInt = AT_FDCWD) throws(Errno) {
        guard unsafe renameat(directory, name, directory, other) != 0 else { return }
        let failure = Errno.last
        guard failure.isUnsupported, unsafe hfmint_linux_rename(directory, name, other, 0) == 0 else { throw failure }
    }
}
