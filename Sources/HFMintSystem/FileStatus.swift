import Glibc
internal import HFMintCore

/// What fstat(2) says that hfmint decides by.
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

    /// Whether nobody can be writing it any more: what hfmint writes takes it no hour.
    var isOld: Bool { UInt64(max(0, time(nil))) > modifiedAt / 1_000_000_000 + 3_600 }

    var isOurs: Bool { owner == geteuid() }

    /// Why hfmint writes nothing there: it would be replaced, or what it leads to would be; `nil` for a regular file
    /// that has this name alone.
    var strangeness: String? {
        switch kind {
        // None at all: another process has replaced it a moment ago.
        case .regular: linkCount > 1 ? "it has a second name (a hard link)" : nil
        case .link: "it is a symbolic link"
        default: notRegular
        }
    }

    private var notRegular: String { "it is not a regular file but a \(kind.rawValue)" }

    /// Why nothing may be decided by this file; `nil` where only this user and root can have written it.
    var distrust: String? {
        if kind != .regular { return notRegular }
        if !isOurs && owner != 0 { return "it belongs to another user (uid \(owner))" }
        return othersCanWrite ? "others can write it (mode \(String(permissions, radix: 8)))" : nil
    }
}

/// Whom hfmint trusts with a file: root, this user and the groups that this user is in; and, with what is another
/// user's, its owner and the owner's group.
///
/// A file may be another user's because hfmint runs in a container, and the runner, which made the file, outside of it.
/// Whoever owns a directory can put another file in the place of any that is in it, so where the owner is another user
/// nothing is gained by distrust of the owner's group. Everybody else must not be able to write.
extension FileStatus {
    /// Whether somebody who is not trusted can write it.
    var othersCanWrite: Bool {
        permissions & S_IWOTH != 0 || permissions & S_IWGRP != 0 && isOurs && !isOurGroup
    }

    /// Whether somebody who is not trusted can remove, rename or replace what is in this directory.
    ///
    /// The sticky bit leaves each file to its owner, and to the owner of the directory:
    /// <https://man7.org/linux/man-pages/man7/inode.7.html>
    var othersCanReplaceEntries: Bool { othersCanWrite && permissions & S_ISVTX == 0 }

    /// Whether this process is in its group.
    ///
    /// Where the kernel does not say which groups there are, only the process's own group counts.
    var isOurGroup: Bool {
        guard group != getegid() else { return true }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(group)
    }
}

extension Descriptor {
    /// Opens the folder of a path, for a file that is to be made or replaced in it.
    ///
    /// - Throws: where somebody who is not trusted could put another file in the place of that one.
    static func openFolder(of path: String) throws(FileFailure) -> Descriptor {
        let folder = FilePath(path).folder
        let directory = try naming(folder) { () throws(Errno) in try Descriptor.open(folder, O_RDONLY | O_DIRECTORY) }
        guard try !directory.othersCanReplaceEntries(folder) else {
            throw FileFailure(path, "others can write its directory, which lacks the sticky bit")
        }
        return directory
    }

    /// See ``FileStatus/othersCanReplaceEntries``.
    func othersCanReplaceEntries(_ path: String) throws(FileFailure) -> Bool {
        try naming(path) { () throws(Errno) in try status().othersCanReplaceEntries }
    }
}

/// Who may do what with a file that is made.
struct FileRights: Equatable {
    var owner: uid_t?
    var group: gid_t?
    var mode: mode_t

    /// This user's alone.
    static let `private` = FileRights(mode: 0o600)

    private init(mode: mode_t) {
        self.mode = mode
    }

    init(like status: FileStatus, mode: mode_t?) {
        self.mode = mode ?? status.permissions & 0o777
        owner = status.owner
        group = status.group
    }

    init(new mode: mode_t?) {
        self.init(mode: mode ?? 0o600)
    }
}
