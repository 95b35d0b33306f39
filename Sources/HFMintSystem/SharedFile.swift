private import CLinux
import Glibc
package import HFMintCore

/// Files that other programs read while hfmint replaces them.
extension PosixFiles {
    package func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure) {
        let (_, name) = split(path)
        let folder = try openSharedFolder(of: path)
        _ = try rights(of: name, in: folder, path, mode)
        // Not the real user's rights, which access(2) would ask about.
        guard unsafe faccessat(folder.number, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw FileFailure(path, "its directory: \(Errno.last.reason)")
        }
        switch unsafe UInt32(hfmint_linux_fixture(folder.number, name)) {
        case hfmint_linux_fixture_mount.rawValue:
            throw FileFailure(path, "it is a mount point, which cannot be replaced: mount its directory instead")
        case hfmint_linux_fixture_immutable.rawValue:
            throw FileFailure(path, "it may not be changed (chattr +i or +a)")
        default: break
        }
        try checkRoom(in: folder, for: path)
    }

    /// Whether a draft would find room: a file without a name is written, which nobody sees.
    private func checkRoom(in folder: borrowing Descriptor, for path: String) throws(FileFailure) {
        do throws(Errno) {
            // O_TMPFILE, which Swift's view of libc lacks.
            let file = try folder.openBelow(".", O_WRONLY | O_DIRECTORY | 0o20_000_000, mode: 0o600)
            try file.write(Secret(copying: [UInt8](repeating: 0, count: Self.draftByteCount)))
            try file.sync()
        } catch {
            // Some file systems have no such files.
            let reasons = [ENOSPC, EDQUOT, EROFS, EFBIG, EIO, EACCES, EPERM, EMFILE]
            guard reasons.contains(error.code) else { return }
            throw FileFailure(path, "its directory takes no new file: \(error.reason)")
        }
    }

    /// As large as the largest secret.
    private static var draftByteCount: Int { 64 << 10 }

    package func replaceSharedFile(
        _ path: String, with bytes: borrowing Secret, mode: UInt16?
    ) throws(FileFailure) {
        let (_, name) = split(path)
        let folder = try openSharedFolder(of: path)
        let rights = try rights(of: name, in: folder, path, mode)
        try naming(path) { () throws(Errno) in _ = try folder.replaceBelow(name, with: bytes, rights: rights) }
    }

    private func openSharedFolder(of path: String) throws(FileFailure) -> Descriptor {
        let (folder, _) = split(path)
        try refuseWorkTree(folder, for: path)
        let directory = try naming(folder) { () throws(Errno) in try Descriptor.open(folder, O_RDONLY | O_DIRECTORY) }
        let status = try naming(folder) { () throws(Errno) in try directory.status() }
        guard !status.othersCanWrite || status.isSticky else {
            throw FileFailure(path, "others can write its directory, which lacks the sticky bit")
        }
        return directory
    }

    /// Those of the file that stands there; whoever reads it by its owner or group goes on reading it.
    private func rights(
        of name: String, in folder: borrowing Descriptor, _ path: String, _ mode: UInt16?
    ) throws(FileFailure) -> FileRights {
        let mode = mode.map { mode_t($0) }
        guard let existing = try naming(path, { () throws(Errno) in try folder.statusBelow(name) }) else {
            return FileRights(new: mode)
        }
        guard existing.kind == .regular else { throw FileFailure(path, "it is not a regular file") }
        guard existing.linkCount == 1 else { throw FileFailure(path, "it has a second name (a hard link)") }
        guard existing.isOurs || geteuid() == 0 else {
            throw FileFailure(path, "it belongs to another user, and would no longer")
        }
        guard geteuid() == 0 || isGroupOfOurs(existing.group) else {
            throw FileFailure(
                path, "it belongs to a group (\(existing.group)) that this user is not in, and would no longer")
        }
        let rights = FileRights(like: existing, mode: mode)
        guard rights.mode & 0o007 == 0 else {
            throw FileFailure(path, "everyone may use it (mode \(String(rights.mode, radix: 8)))")
        }
        return rights
    }

    private func isGroupOfOurs(_ group: gid_t) -> Bool {
        if group == getegid() { return true }
        var groups = [gid_t](repeating: 0, count: 65_536)
        let count = unsafe getgroups(CInt(groups.count), &groups)
        return count > 0 && groups[..<Int(count)].contains(group)
    }
}
