import Glibc
internal import HFMintCore

/// The facts from fstat(2) by which hfmint decides.
struct FileStatus: Equatable {
    let kind: FileKind
    let owner: uid_t
    let group: gid_t
    let permissions: mode_t
    let linkCount: Int
    let byteCount: Int
    /// In nanoseconds since 1970.
    let modifiedAt: UInt64

    init(_ raw: stat) {
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

    /// Whether it was last written more than an hour ago, which is longer than hfmint takes for any file.
    var isOld: Bool { UInt64(max(0, time(nil))) > modifiedAt / 1_000_000_000 + 3_600 }

    var isOurs: Bool { owner == geteuid() }

    /// Why hfmint does not write to this file, or nil for a regular file that has no second name.
    ///
    /// A write would replace something that is no file, or reach a file under another name.
    var strangeness: String? {
        switch kind {
        // A file without any name is fine: another process has just replaced it.
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
/// trusts that owner and the owner's group.
///
/// A runner outside of a container creates files for hfmint inside of it, so another user may own them. The owner of a
/// directory can replace any file in it. To distrust the owner's group as well would gain nothing.
/// Nobody else may be able to write.
extension FileStatus {
    /// Whether an untrusted user can write it.
    var othersCanWrite: Bool {
        permissions & S_IWOTH != 0 || permissions & S_IWGRP != 0 && isOurs && !isOurGroup
    }

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
        let directory = try naming(folder) { () throws(Errno) in try Descriptor.open(folder, O_RDONLY | O_DIRECTORY) }
        guard try !directory.othersCanReplaceEntries(folder) else {
            throw FileFailure(path, "others can write its directory, which lacks the sticky bit")
        }
        return directory
    }

    /// Returns ``FileStatus/othersCanReplaceEntries`` of this directory.
    func othersCanReplaceEntries(_ path: String) throws(FileFailure) -> Bool {
        try status(path).othersCanReplaceEntries
    }
}

/// The owner, group and permissions of a file that is created.
///
/// If owner or group is nil, the file keeps the one that it was created with.
struct FileRights: Equatable {
    var owner: uid_t?
    var group: gid_t?
    var mode: mode_t

    /// The rights that let only this user read and write.
    static let `private` = FileRights(mode: 0o600)

    private init(mode: mode_t) {
        self.mode = mode
    }

    /// The rights of an existing file, with another mode if one is given.
    init(like status: FileStatus, mode: mode_t?) {
        self.mode = mode ?? status.permissions & 0o777
        owner = status.owner
        group = status.group
    }

    /// The rights of a new file, which is private if no mode is given.
    init(new mode: mode_t?) {
        self.init(mode: mode ?? 0o600)
    }
}
