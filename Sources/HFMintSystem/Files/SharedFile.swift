import Glibc
package import HFMintCore

/// Files that other programs read while hfmint replaces them.
extension PosixFiles {
    package func replacePublicFile(
        _ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) {
        let (folder, name) = (FilePath(path).folder, FilePath(path).name)
        let directory = try naming(folder, try Descriptor.open(folder, O_RDONLY | O_DIRECTORY))
        var rights = FileRights(mode: 0o644)
        if let existing = try directory.targetBelow(name, path) {
            rights = try self.rights(replacing: existing, path, mode: nil)
            let old = try naming(path, try directory.openBelow(name, O_RDONLY).readRegular(limit: 64 << 20))
            guard old.reveal({ isOurs($0) }) else { throw FileFailure(path, "hfmint did not write what it holds") }
        }
        _ = try naming(path, try directory.replaceBelow(name, with: Secret(copying: text.utf8), rights: rights))
    }

    package func checkForeignWrite(_ path: String) throws(FileFailure) {
        guard let status = try ifThere(path, try FileStatus(of: path)) else { return }
        // git follows links, so a mount point is looked for at the end of the links.
        if let target = unsafe realPath(path), let reason = Descriptor.fixture(target) {
            throw FileFailure(path, reason)
        }
        if let reason = status.strangeness { throw FileFailure(path, reason) }
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user (uid \(status.owner))") }
    }

    package func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure) {
        let folder = try openSharedFolder(of: path)
        _ = try rights(in: folder, path, mode)
        if let reason = folder.immutability { throw FileFailure(path, "its directory: \(reason)") }
        // The rights of the effective user count. access(2) would check those of the real user.
        if let refusal = folder.writeRefusal { throw FileFailure(path, "its directory: \(refusal.reason)") }
        do throws(Errno) {
            try folder.checkRoom(byteCount: Self.draftByteCount)
        } catch {
            throw FileFailure(path, "its directory takes no new file: \(error.reason)")
        }
        // Before an old secret is retired, the new one must be durable.
        try folder.sync(path)
    }

    /// The size of the largest secret.
    private static var draftByteCount: Int { 64 << 10 }

    package func replaceSharedFile(_ path: String, with bytes: borrowing Secret, mode: UInt16?) throws(FileFailure) {
        let folder = try openSharedFolder(of: path)
        let rights = try rights(in: folder, path, mode)
        _ = try naming(path, try folder.replaceBelow(FilePath(path).name, with: bytes, .needed, rights: rights))
    }

    private func openSharedFolder(of path: String) throws(FileFailure) -> Descriptor {
        try refuseWorkTree(around: path)
        return try Descriptor.openFolder(of: path)
    }

    /// Returns the rights of the existing file, so that its readers can read the new one, or those of a new file.
    private func rights(
        in folder: borrowing Descriptor, _ path: String, _ mode: UInt16?
    ) throws(FileFailure) -> FileRights {
        let mode = mode.map { mode_t($0) }
        guard let existing = try folder.targetBelow(FilePath(path).name, path) else {
            return FileRights(mode: mode ?? 0o600)
        }
        let rights = try rights(replacing: existing, path, mode: mode)
        guard rights.mode & 0o007 == 0 else {
            throw FileFailure(path, "everyone may use it (mode \(String(rights.mode, radix: 8)))")
        }
        return rights
    }

    /// Returns the rights for a file that replaces `existing`: its owner, its group, and its mode unless one is given.
    private func rights(
        replacing existing: FileStatus, _ path: String, mode: mode_t?
    ) throws(FileFailure) -> FileRights {
        guard existing.isOurs || geteuid() == 0 else {
            throw FileFailure(path, "it belongs to another user, and would no longer")
        }
        guard geteuid() == 0 || existing.isOurGroup else {
            throw FileFailure(
                path, "it belongs to a group (\(existing.group)) that this user is not in, and would no longer")
        }
        return FileRights(owner: existing.owner, group: existing.group, mode: mode ?? existing.permissions & 0o777)
    }
}
