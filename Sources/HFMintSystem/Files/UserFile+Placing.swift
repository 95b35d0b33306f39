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
        _ = try file.replaceable()
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
        var old = try replaceable()
        let draft = try naming(path, try directory.makeDraft(of: name, bytes))
        var hidden = draft.name
        var mine: FileIdentity?
        do throws(FileFailure) {
            var mark = try naming(path, try draft.file.mark())
            mine = mark.identity
            var isPlaced = false
            for _ in 0..<Self.tryLimit where !isPlaced {
                mark.wasEmpty = old?.wasEmpty ?? false
                draft.file.keep(mark)
                try marks?.note(mark)
                if let old {
                    isPlaced = try exchange(&hidden, mark.identity, with: old)
                } else {
                    isPlaced = try naming(path, try publish(hidden))
                }
                if !isPlaced { old = try replaceable() }
            }
            guard isPlaced else { throw replacedTooOften }
        } catch {
            discard(hidden, mine)
            throw error
        }
        try naming(path, try directory.sync(.wanted))
    }

    /// Gives the draft its name, or returns `false` if another file has taken the name.
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

    /// Exchanges the draft with the file that it replaces, or returns `false` if that file is gone or is another one.
    private func exchange(
        _ hidden: inout String, _ mine: FileIdentity, with old: Replaceable
    ) throws(FileFailure) -> Bool {
        let swap = Self.hiddenName(name)
        try naming(path, try directory.renameBelow(hidden, to: swap))
        hidden = swap
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else {
            let error = Errno.last
            if error.code == ENOENT { return false }
            guard error.isUnsupported else { throw error.failure(path) }
            guard try replaceable()?.identity == old.identity else { return false }
            try naming(path, try directory.renameBelow(swap, to: name))
            marks?.strike(old.identity)
            return true
        }
        do throws(FileFailure) {
            switch try examine(swap) {
            case .nothing: return true
            case .foreign(let failure): throw failure
            case .replaceable(let exchanged):
                directory.unlinkBelow(swap)
                marks?.strike(exchanged.identity)
                return true
            }
        } catch {
            throw exchangeBack(swap, mine, after: error)
        }
    }

    /// Exchanges the foreign file and hfmint's own file again.
    ///
    /// - Returns: `failure`. It says where a file is that keeps a hidden name because a third file has taken its own.
    private func exchangeBack(_ swap: String, _ mine: FileIdentity, after failure: FileFailure) -> FileFailure {
        guard (try? directory.holds(mine, as: name)) == true else { return giveBack(swap, after: failure) }
        guard unsafe hfmint_linux_exchange(directory.number, swap, name) == 0 else {
            return tellingWhere(swap, failure)
        }
        if (try? directory.holds(mine, as: swap)) == true { return failure }
        // A third file took the name between the two calls, and gets it back.
        _ = unsafe hfmint_linux_exchange(directory.number, swap, name)
        return tellingWhere(swap, failure)
    }

    /// Removes the draft, which could not get its name, and strikes its mark.
    private func discard(_ hidden: String, _ identity: FileIdentity?) {
        let found = try? directory.openBelow(hidden, O_RDONLY).identity()
        // Another process may have put its own file there between two exchanges.
        guard identity == nil || found == identity else { return }
        directory.unlinkBelow(hidden)
        if let identity { marks?.strike(identity) }
    }
}
