private import CLinux
import Glibc
package import HFMintCore

/// Files whose paths users name.
extension PosixFiles {
    package func replaceUserFile(
        _ path: String, with bytes: borrowing Secret, marks: (any FileMarks)?
    ) throws(FileFailure) {
        try userFile(path, marks).place(bytes)
    }

    package func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure) {
        let file = try userFile(path, marks)
        _ = try file.standing()
        if let refusal = file.directory.writeRefusal { throw refusal.failure(path) }
    }

    package func eraseUserFile(
        _ path: String, _ mark: FileMark, marks: any FileMarks
    ) throws(FileFailure) -> UserFileErasure {
        let directory: Descriptor
        do throws(Errno) {
            directory = try Descriptor.open(FilePath(path).folder, O_RDONLY | O_DIRECTORY)
        } catch {
            // With any other failure, the file may still be there.
            guard error.isAbsence else { throw error.failure(path) }
            return .gone
        }
        return try UserFile(path, in: directory, marks).erase(mark)
    }

    private func userFile(_ path: String, _ marks: (any FileMarks)?) throws(FileFailure) -> UserFile {
        try refuseWorkTree(around: path)
        return UserFile(path, in: try Descriptor.openFolder(of: path), marks)
    }
}

extension UserFile {
    /// Makes a draft, notes its mark, and gives it its name.
    ///
    /// A foreign file that appears meanwhile keeps its name, or gets it back.
    fileprivate func place(_ bytes: borrowing Secret) throws(FileFailure) {
        sweep()
        var standing = try standing()
        let draft = try naming(path) { () throws(Errno) in try directory.makeDraft(of: name, bytes) }
        var hidden = draft.name
        var mine: FileIdentity?
        do throws(FileFailure) {
            var mark = try naming(path) { () throws(Errno) in try draft.file.mark() }
            mine = mark.identity
            var isPlaced = false
            for _ in 0..<Self.patience where !isPlaced {
                mark.wasEmpty = standing?.isToBeEmpty ?? false
                draft.file.keep(mark)
                try marks?.note(mark)
                if let standing {
                    isPlaced = try exchange(&hidden, mark.identity, with: standing)
                } else {
                    isPlaced = try naming(path) { () throws(Errno) in try publish(hidden) }
                }
                if !isPlaced { standing = try self.standing() }
            }
            guard isPlaced else { throw FileFailure(path, "other processes replace it again and again") }
        } catch {
            discard(hidden, mine)
            throw error
        }
        try naming(path) { () throws(Errno) in try directory.sync(.wanted) }
    }

    /// Gives the draft its name.
    ///
    /// Returns `false` if another file has taken the name.
    private func publish(_ hidden: String) throws(Errno) -> Bool {
        if unsafe hfmint_linux_rename_new(directory.number, hidden, name) == 0 { return true }
        if errno == EEXIST { return false }
        guard Errno.last.isUnsupported else { throw .last }
        if unsafe linkat(directory.number, hidden, directory.number, name, 0) == 0 {
            directory.unlinkBelow(hidden)
            return true
        }
        if errno == EEXIST { return false }
        // Without hard links, another file can still appear between these two calls.
        guard try directory.statusBelow(name) == nil else { return false }
        try directory.renameBelow(hidden, to: name)
        return true
    }

    /// Exchanges the draft with the file that it replaces.
    ///
    /// Returns `false` if that file is gone or is another one.
    private func exchange(
        _ hidden: inout String, _ mine: FileIdentity, with standing: Replaceable
    ) throws(FileFailure) -> Bool {
        let swap = Self.hiddenName(name)
        try naming(path) { () throws(Errno) in try directory.renameBelow(hidden, to: swap) }
        hidden = swap
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else {
            let error = Errno.last
            if error.code == ENOENT { return false }
            guard error.isUnsupported else { throw error.failure(path) }
            guard case .replaceable(let seen) = try look(at: name), seen.identity == standing.identity else {
                return false
            }
            try naming(path) { () throws(Errno) in try directory.renameBelow(swap, to: name) }
            marks?.strike(standing.identity)
            return true
        }
        let sight: Sight
        do throws(FileFailure) {
            sight = try look(at: swap)
        } catch {
            throw putBack(swap, mine, error)
        }
        switch sight {
        case .nothing: return true
        case .replaceable(let old):
            directory.unlinkBelow(swap)
            marks?.strike(old.identity)
            return true
        case .foreign(let failure): throw putBack(swap, mine, failure)
        }
    }

    /// Exchanges the swapped-out file and hfmint's own file again.
    ///
    /// - Returns: `failure`. It says where a file is that is left with a hidden name because a third file came between.
    private func putBack(_ swap: String, _ mine: FileIdentity, _ failure: FileFailure) -> FileFailure {
        guard (try? directory.holds(mine, as: name)) == true else { return givenBack(swap, failure) }
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else { return stranded(swap, failure) }
        if (try? directory.holds(mine, as: swap)) == true { return failure }
        // A third file came between the two calls. The last file keeps the name.
        _ = unsafe hfmint_linux_exchange(directory.number, swap, name)
        return stranded(swap, failure)
    }

    /// Returns a new hidden name for swapping `name`.
    static func hiddenName(_ name: String) -> String { Descriptor.hiddenName(name, swapEnding) }

    /// Removes the draft, which could not get its name, and strikes its mark.
    private func discard(_ hidden: String, _ identity: FileIdentity?) {
        let standing = try? directory.openBelow(hidden, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).identity()
        // Another process may have put its own file there between two exchanges.
        guard identity == nil || standing == identity else { return }
        directory.unlinkBelow(hidden)
        if let identity { marks?.strike(identity) }
    }
}
