internal import CLinux
import Glibc
internal import HFMintCore

/// Whether an entry of this directory can be written or replaced.
extension Descriptor {
    /// Returns the status of the file that is about to be written, or nil if there is none.
    ///
    /// - Parameter isReplaced: whether another file is to take its name.
    /// - Throws: unless it is a regular file with one name.
    func targetBelow(_ name: String, _ path: String, isReplaced: Bool = true) throws(FileFailure) -> FileStatus? {
        guard !name.isEmpty else { throw FileFailure(path, "it ends with a slash, and names no file") }
        let status = try naming(path, try statusBelow(name))
        let reason = status?.strangeness ?? (isReplaced ? Self.fixture(name, below: number) : nil)
        if let reason { throw FileFailure(path, reason, isTaken: true) }
        return status
    }

    /// Returns why no file can replace `name` below `directory`, or nil.
    static func fixture(_ name: String, below directory: CInt = AT_FDCWD) -> String? {
        switch unsafe UInt32(hfmint_linux_fixture(directory, name)) {
        case hfmint_linux_fixture_mount.rawValue:
            "it is a mount point, which cannot be replaced: mount its directory instead"
        case hfmint_linux_fixture_immutable.rawValue: immutable
        default: nil
        }
    }

    private static let immutable = "it may not be changed (chattr +i or +a)"

    /// Why no entry of this directory may be replaced, or nil.
    var immutability: String? {
        let fixture = unsafe UInt32(hfmint_linux_fixture(number, "."))
        return fixture == hfmint_linux_fixture_immutable.rawValue ? Self.immutable : nil
    }

    /// Why this process may not add an entry to this directory, or nil.
    var writeRefusal: Errno? { Errno.refusal(of: ".", W_OK | X_OK, below: number) }

    /// Checks that a file of so many bytes would find room in this directory, by writing a file without a name.
    ///
    /// - Throws: if there is no room, or no file may be created.
    func checkRoom(byteCount: Int) throws(Errno) {
        do throws(Errno) {
            // O_TMPFILE, which Swift's view of libc lacks.
            let file = try openBelow(".", O_WRONLY | O_DIRECTORY | 0o20_000_000, mode: 0o600)
            try file.writeZeros(byteCount)
            try file.sync()
        } catch {
            // Some file systems have no files without a name.
            guard [ENOSPC, EDQUOT, EROFS, EFBIG, EIO, EACCES, EPERM, EMFILE].contains(error.code) else { return }
            throw error
        }
    }
}
