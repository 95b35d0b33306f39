private import CLinux
import Glibc
package import HFMintCore

/// Files that users name.
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
            // Whatever else stands in the way, the file may be there.
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
    /// What has appeared there meanwhile keeps its place, or gets it back.
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

    /// Where nothing stands.
    ///
    /// - Returns: `false` where something does by now.
    private func publish(_ hidden: String) throws(Errno) -> Bool {
        if unsafe hfmint_linux_rename_new(directory.number, hidden, name) == 0 { return true }
        if errno == EEXIST { return false }
        guard Errno.last.isMissing else { throw .last }
        if unsafe linkat(directory.number, hidden, directory.number, name, 0) == 0 {
            directory.unlinkBelow(hidden)
            return true
        }
        if errno == EEXIST { return false }
        // No hard links either: then only the moment between these two calls is left.
        guard try directory.statusBelow(name) == nil else { return false }
        try directory.renameBelow(hidden, to: name)
        return true
    }

    /// In place of a file that may be replaced.
    ///
    /// - Returns: `false` where it is gone by now.
    private func exchange(
        _ hidden: inout String, _ mine: FileIdentity, with standing: Replaceable
    ) throws(FileFailure) -> Bool {
        let swap = Self.hiddenName(name)
        try naming(path) { () throws(Errno) in try directory.renameBelow(hidden, to: swap) }
        hidden = swap
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else {
            let error = Errno.last
            if error.code == ENOENT { return false }
            guard error.isMissing else { throw error.failure(path) }
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

    /// Lets what was swapped out change places with hfmint's own file again.
    ///
    /// - Returns: `failure`, and where a file is that has no name but a hidden one: a third may have come meanwhile.
    private func putBack(_ swap: String, _ mine: FileIdentity, _ failure: FileFailure) -> FileFailure {
        guard (try? directory.holds(mine, as: name)) == true else { return givenBack(swap, failure) }
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else { return stranded(swap, failure) }
        if (try? directory.holds(mine, as: swap)) == true { return failure }
        // Between the two: what came last keeps the name.
        _ = unsafe hfmint_linux_exchange(directory.number, swap, name)
        return stranded(swap, failure)
    }

    static func hiddenName(_ name: String) -> String { Descriptor.hiddenName(name, swapEnding) }

    /// Of what has not got its name.
    private func discard(_ hidden: String, _ identity: FileIdentity?) {
        let standing = try? directory.openBelow(hidden, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).identity()
        // Another process may have come between two exchanges.
        guard identity == nil || standing == identity else { return }
        directory.unlinkBelow(hidden)
        if let identity { marks?.strike(identity) }
    }
}
