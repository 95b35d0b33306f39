import Glibc
package import HFMintCore

/// Files that a CI system prepared for later steps.
extension PosixFiles {
    package func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure) {
        guard let file = try openStepFile(path, mayBeAbsent: mayBeAbsent) else { return }
        let status = try check(stepFile: file, path, isSecret: isSecret)
        if hasNoRoom(path, behind: status.byteCount) { throw Errno(code: ENOSPC).failure(path) }
    }

    /// Returns whether a file of this length cannot grow, because its last block and the file system are full.
    private func hasNoRoom(_ path: String, behind length: Int) -> Bool {
        var raw = statvfs()
        guard unsafe statvfs(path, &raw) == 0, raw.f_blocks > 0, raw.f_bsize > 0 else { return false }
        let left = (Int(raw.f_bsize) - length % Int(raw.f_bsize)) % Int(raw.f_bsize)
        return (geteuid() == 0 ? raw.f_bfree : raw.f_bavail) == 0 && left < 512
    }

    package func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool, mayBeAbsent: Bool
    ) throws(FileFailure) {
        if mayBeAbsent { try makeStepFile(path) }
        guard let file = try openStepFile(path, mayBeAbsent: false) else { return }
        file.lockBriefly()
        let status = try check(stepFile: file, path, isSecret: isSecret)
        if isSecret, status.permissions & 0o044 != 0 {
            // Other users may read variables and paths in this file, but no token.
            try naming(path, try file.setMode(status.permissions & 0o700))
        }
        let isBetweenLines = try naming(path, try file.isBetweenLines())
        try file.append(bytes.enclosed(by: isBetweenLines ? "" : "\n", and: ""), path)
    }

    private func makeStepFile(_ path: String) throws(FileFailure) {
        do throws(Errno) {
            _ = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch {
            guard error.code == EEXIST else { throw error.failure(path) }
        }
    }

    /// Opens the file for appending, or returns nil if it does not exist and `mayBeAbsent`.
    ///
    /// A device or a FIFO is not even opened.
    private func openStepFile(_ path: String, mayBeAbsent: Bool) throws(FileFailure) -> Descriptor? {
        let (folder, name) = (FilePath(path).folder, FilePath(path).name)
        let directory = try naming(path, try Descriptor.open(folder, O_RDONLY | O_DIRECTORY))
        let target = try directory.targetBelow(name, path, isReplaced: false)
        if target == nil, mayBeAbsent { return nil }
        return try naming(path, try directory.openBelow(name, O_RDWR | O_APPEND))
    }

    /// Checks who can write the file, but not its owner: in a container hfmint is root, and the runner is not.
    private func check(
        stepFile file: borrowing Descriptor, _ path: String, isSecret: Bool
    ) throws(FileFailure) -> FileStatus {
        let status = try file.status(path)
        if let reason = status.strangeness { throw FileFailure(path, reason) }
        guard !isSecret || !status.othersCanWrite else {
            throw FileFailure(path, "others can write it, so no token goes into it; leave out --export")
        }
        return status
    }
}
