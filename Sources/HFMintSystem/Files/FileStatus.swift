import Glibc
internal import HFMintCore

/// The facts from fstat(2) by which hfmint decides.
struct FileStatus: Equatable {
    let device: UInt64
    let inode: UInt64
    let kind: FileKind
    let owner: uid_t
    let group: gid_t
    let permissions: mode_t
    let linkCount: Int
    let byteCount: Int
    /// In nanoseconds since 1970.
    let modifiedAt: UInt64

    /// - Parameter call: stat(2) or one of its relatives.
    init(_ call: (inout stat) -> CInt) throws(Errno) {
        var raw = stat()
        guard call(&raw) == 0 else { throw .last }
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            case S_IFLNK: .link
            case S_IFIFO: .fifo
            default: .device
            }
        owner = raw.st_uid
        group = raw.st_gid
        permissions = raw.st_mode & 0o7777
        linkCount = Int(raw.st_nlink)
        byteCount = Int(raw.st_size)
        modifiedAt = UInt64(max(0, raw.st_mtim.tv_sec)) * 1_000_000_000 + UInt64(raw.st_mtim.tv_nsec)
    }

    /// Asks for the file at `path`, or for the target if that is a link.
    init(of path: String) throws(Errno) {
        try self.init { unsafe stat(path, &$0) }
    }

    /// Whether it was last written more than an hour ago, which is longer than hfmint takes for any file.
    var isOld: Bool { UInt64(max(0, time(nil))) > modifiedAt / 1_000_000_000 + 3_600 }

    var isOurs: Bool { owner == geteuid() }

    /// Why hfmint does not write to this file, or nil for a regular file without a second name.
    var strangeness: String? {
        switch kind {
        // A file without any name is allowed: another process has just replaced it.
        case .regular: linkCount > 1 ? "it has a second name (a hard link)" : nil
        case .link: "it is a symbolic link"
        default: notRegular
        }
    }

    private var notRegular: String { "it is not a regular file but a \(kind.rawValue)" }

    /// Why hfmint must not rely on this file, or nil if only this user and root can have written it.
    var distrust: String? {
        if kind != .regular { return notRegular }
        if !isOurs && owner != 0 { return "it belongs to another user (uid \(owner))" }
        return othersCanWrite ? "others can write it (mode \(String(permissions, radix: 8)))" : nil
    }
}

/// Whom hfmint trusts with a file: root, this user and this user's groups. If another user owns the file, hfmint also
/// trusts that owner and the file's group.
///
/// Another user may own the files that a runner outside of a container creates for hfmint inside of it. That user can
/// replace the files anyway, so distrusting the file's group would gain nothing.
extension FileStatus {
    /// Whether an untrusted user can write it.
    var othersCanWrite: Bool { permissions & S_IWOTH != 0 || permissions & S_IWGRP != 0 && isOurs && !isOurGroup }

    /// Whether its group or everybody can write it, which is too much for a log that proves who did what.
    var isWritableBeyondOwner: Bool { permissions & (S_IWGRP | S_IWOTH) != 0 }

    /// Whether an untrusted user can remove, rename or replace an entry of this directory.
    ///
    /// The sticky bit allows that only to the owners of the entry and of the directory:
    /// <https://man7.org/linux/man-pages/man7/inode.7.html>
    var othersCanReplaceEntries: Bool { othersCanWrite && permissions & S_ISVTX == 0 }

    /// Whether this process is in the file's group.
    ///
    /// If the kernel does not list the groups, only the effective group counts.
    var isOurGroup: Bool {
        guard group != getegid() else { return true }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(group)
    }
}

extension Descriptor {
    /// Opens the folder of `path`, in which that file is to be created or replaced.
    ///
    /// - Throws: if an untrusted user could put another file in its place.
    static func openFolder(of path: String) throws(FileFailure) -> Descriptor {
        let folder = FilePath(path).folder
        let directory = try naming(folder, try Descriptor.open(folder, O_RDONLY | O_DIRECTORY))
        guard try !directory.status(folder).othersCanReplaceEntries else {
            throw FileFailure(path, "others can write its directory, which lacks the sticky bit")
        }
        return directory
    }
}

/// The owner, group and permissions of a file that is created.
///
/// If owner or group is nil, the file keeps the one that it was created with.
struct FileRights {
    var owner: uid_t?
    var group: gid_t?
    var mode: mode_t

    /// The rights that let only this user read and write.
    static let `private` = FileRights(mode: 0o600)
}
