internal import CLinux
import Glibc
internal import HFMintCore

/// What a power failure may take.
enum Durability {
    /// The new bytes: the old ones may be there again.
    case unneeded
    /// Nothing, where the file system can promise that.
    case wanted
    /// Nothing; where that cannot be promised, nothing is written.
    case needed
}

extension Descriptor {
    /// Makes what was written outlive a power failure: by fsync(2), else by what is left of its kind.
    ///
    /// - Parameter isDataAlone: whether the size and the bytes are all that matters.
    /// - Throws: where there is no way; see ``Errno/isMissing``.
    func sync(isDataAlone: Bool = false) throws(Errno) {
        var failure: Errno?
        for way in isDataAlone ? [fdatasync, fsync] : [fsync, fdatasync] {
            guard try !flush(way, &failure) else { return }
        }
        guard try !flush(hfmint_linux_sync_file_system, &failure) else { return }
        throw failure ?? .last
    }

    /// `false` where there is no such way; `failure` keeps the first one's answer.
    private func flush(_ way: (CInt) -> CInt, _ failure: inout Errno?) throws(Errno) -> Bool {
        while way(number) != 0 {
            if errno == EINTR { continue }
            guard Errno.last.isMissing else { throw .last }
            failure = failure ?? .last
            return false
        }
        return true
    }

    /// The same, for what is written next to be relied on.
    func sync(_ path: String, isDataAlone: Bool = false) throws(FileFailure) {
        do throws(Errno) {
            try sync(isDataAlone: isDataAlone)
        } catch {
            guard error.isMissing else { throw error.failure(path) }
            throw FileFailure(
                path,
                "its file system cannot flush (\(error.reason)), and a power failure would take what was written last:"
                    + " move it to a local disk")
        }
    }

    func sync(_ durability: Durability) throws(Errno) {
        do throws(Errno) {
            try sync()
        } catch {
            guard durability != .needed, error.isMissing else { throw error }
        }
    }

    /// Gives a file below this directory another name, which is taken from whatever has it.
    func renameBelow(_ name: String, to other: String) throws(Errno) {
        try Self.rename(name, to: other, below: number)
    }

    static func rename(_ name: String, to other: String, below directory: CInt = AT_FDCWD) throws(Errno) {
        guard unsafe renameat(directory, name, directory, other) != 0 else { return }
        let failure = Errno.last
        guard failure.isMissing, unsafe hfmint_linux_rename(directory, name, other, 0) == 0 else { throw failure }
    }
}
