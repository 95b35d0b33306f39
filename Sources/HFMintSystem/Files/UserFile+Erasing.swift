internal import CLinux
import Glibc
internal import HFMintCore

extension UserFile {
    /// Erases the file if it still is the one that `mark` describes, and what killed processes left.
    func erase(_ mark: FileMark) throws(FileFailure) -> UserFileErasure {
        let failure = sweep(erasing: true)
        let erasure = try eraseFile(mark)
        if let failure { throw failure }
        return erasure
    }

    private func eraseFile(_ mark: FileMark) throws(FileFailure) -> UserFileErasure {
        do throws(Errno) {
            let file = try directory.openBelow(name, O_RDONLY)
            let found = try file.mark()
            guard found.identity == mark.identity else { return .another }
            guard try file.isUntouched(since: mark, found) else { return .changed }
            if mark.wasEmpty { return try directory.emptyBelow(name, mark.identity) ? .emptied : .another }
        } catch {
            return try erasure(after: error)
        }
        return try remove(mark.identity)
    }

    /// Returns that the file is gone or is not hfmint's, if the error says so.
    private func erasure(after error: Errno) throws(FileFailure) -> UserFileErasure {
        switch error.code {
        case ENOENT: return .gone
        // The entry is a link or a socket.
        case ELOOP, ENXIO: return .another
        default: throw error.failure(path)
        }
    }

    /// Moves the file aside, and then erases it.
    ///
    /// If another process has just put its own file there, that file gets its name back.
    private func remove(_ identity: FileIdentity) throws(FileFailure) -> UserFileErasure {
        let aside = Self.hiddenName(name)
        guard unsafe hfmint_linux_rename_new(directory.number, name, aside) == 0 else {
            let failure = Errno.last
            if failure.code == ENOENT { return .gone }
            guard failure.isUnsupported else { throw failure.failure(path) }
            do throws(Errno) {
                return try erase(name, ifItIs: identity) ? .erased : .another
            } catch {
                return try erasure(after: error)
            }
        }
        do throws(Errno) {
            if try erase(aside, ifItIs: identity) { return .erased }
        } catch {
            throw giveBack(aside, after: error.failure(path))
        }
        guard unsafe hfmint_linux_rename_new(directory.number, aside, name) == 0 else {
            throw tellingWhere(aside, Errno.last.failure(path))
        }
        return .another
    }

    private func erase(_ entry: String, ifItIs identity: FileIdentity) throws(Errno) -> Bool {
        guard try directory.holds(identity, as: entry) else { return false }
        try directory.eraseBelow(entry)
        return true
    }
}

extension Descriptor {
    /// Overwrites the file `name` with zeros and empties it, if it has this identity, and returns whether it has.
    fileprivate func emptyBelow(_ name: String, _ identity: FileIdentity) throws(Errno) -> Bool {
        let file = try openBelow(name, O_WRONLY)
        guard try file.identity() == identity else { return false }
        try file.writeZeros(min(try file.status().byteCount, 1 << 20))
        try file.sync(.wanted)
        guard ftruncate(file.number, 0) == 0 else { throw .last }
        return true
    }
}
