import Glibc
internal import Synchronization
package import HFMintCore

/// A lock that ends when its descriptor is closed.
private final class HeldLock: DirectoryLock {
    private let file: Mutex<Descriptor?>
    let weakness: String?

    init(_ file: consuming Descriptor, weakness: String?) {
        self.file = Mutex(file)
        self.weakness = weakness
    }

    func release() { file.withLock { $0 = nil } }
}

/// A directory that only this user can use, accessed through the same descriptor by which it was checked.
package final class PosixPrivateDirectory: PrivateDirectory {
    package let path: String
    private let descriptor: Descriptor
    /// See ``DirectoryCandidate/isNamed``.
    private let isNamed: Bool

    private init(path: String, descriptor: consuming Descriptor, isNamed: Bool = false) {
        self.path = path
        self.descriptor = descriptor
        self.isNamed = isNamed
    }

    /// Opens the directory, or returns nil if its base does not exist or, unless `making`, the directory does not.
    static func open(_ candidate: DirectoryCandidate, making: Bool) throws(FileFailure) -> PosixPrivateDirectory? {
        var path = candidate.base
        if making, candidate.makesParents { try makeFolders(downTo: path) }
        guard let base = try openBase(path) else { return nil }
        var directory = base
        for component in candidate.components {
            path += "/" + component
            let isMade = making ? try directory.makeDirectoryBelow(component, path) : false
            guard let next = try directory.privateDirectoryBelow(component, path) else { return nil }
            directory = next
            if isMade, candidate.isNamed { directory.noteMaking() }
        }
        return PosixPrivateDirectory(path: path, descriptor: directory, isNamed: candidate.isNamed)
    }

    private static func makeFolders(downTo path: String) throws(FileFailure) {
        for folder in FilePath(path).upwards.reversed() {
            guard unsafe mkdir(folder, 0o700) != 0, errno != EEXIST else { continue }
            let failure = Errno.last
            // mkdir(2) may complain about rights before it notices that the folder exists.
            guard PosixFiles().kind(of: folder) == .directory else { throw failure.failure(folder) }
        }
    }

    private static func openBase(_ path: String) throws(FileFailure) -> Descriptor? {
        guard let base = try ifThere(path, try Descriptor.open(path, O_RDONLY | O_DIRECTORY)) else { return nil }
        guard try !base.status(path).othersCanReplaceEntries else {
            throw FileFailure(path, "others can write it, and it lacks the sticky bit")
        }
        return base
    }

    private func path(of name: String) -> String { "\(path)/\(name)" }

    package func listed() throws(FileFailure) -> [String] {
        try naming(path, try descriptor.names())
    }

    package func subdirectory(_ name: String) throws(FileFailure) -> any PrivateDirectory {
        let path = path(of: name)
        _ = try descriptor.makeDirectoryBelow(name, path)
        guard let directory = try descriptor.privateDirectoryBelow(name, path) else {
            throw FileFailure(path, "it was removed a moment ago")
        }
        return PosixPrivateDirectory(path: path, descriptor: directory)
    }

    package func remove(_ name: String) throws(FileFailure) {
        try naming(path(of: name), try descriptor.eraseBelow(name))
    }

    package func drop(_ name: String) { descriptor.unlinkBelow(name) }

    package func read(_ name: String, limit: Int) throws(FileFailure) -> Secret? {
        try ifThere(path(of: name), try descriptor.openBelow(name, O_RDONLY).readRegular(limit: limit))
    }

    package func lock(
        _ name: String, until deadline: Uptime, clock: any Clock
    ) throws(FileFailure) -> any DirectoryLock {
        let path = path(of: name)
        let file = try naming(path, try descriptor.openBelow(name, O_RDWR | O_CREAT, mode: 0o600))
        // The lock works with any mode, and the file is empty.
        try? file.setMode(0o600)
        let isTaken: Bool
        do throws(Errno) {
            isTaken = try file.lock(until: deadline, clock)
        } catch {
            guard error.isUnsupported else { throw error.failure(path) }
            return HeldLock(file, weakness: error.reason)
        }
        guard isTaken else { throw .held(path) }
        return HeldLock(file, weakness: nil)
    }

    package var lockRefusal: String? {
        let name = JobFileKind.lock.name(fingerprint: fingerprint([Array("probe".utf8)]))
        defer { descriptor.unlinkBelow(name) }
        do throws(Errno) {
            _ = try descriptor.openBelow(name, O_RDWR | O_CREAT, mode: 0o600).tryLock()
            return nil
        } catch {
            return error.isUnsupported ? error.reason : nil
        }
    }

    package func checkRoom(for name: String, byteCount: Int) throws(FileFailure) {
        _ = try descriptor.targetBelow(name, path(of: name))
        if let reason = descriptor.immutability { throw FileFailure(path, reason) }
        do throws(Errno) {
            try descriptor.checkRoom(byteCount: byteCount)
        } catch {
            throw FileFailure(path, "it takes no new file: \(error.reason)")
        }
    }

    package func openLog(_ name: String) throws(FileFailure) -> (any LogFile)? {
        _ = try descriptor.targetBelow(name, path(of: name))
        return try PosixLogFile.open(name, in: descriptor, path: path)
    }

    package func erase(keeping isKept: (String) -> Bool, leaving: (FileFailure) -> Void) throws(FileFailure) -> [String]
    {
        var erased: [String] = []
        var failure: FileFailure?
        // A directory that a user named may also hold the user's own files.
        let names = try listed().filter { JobFileName.isOurs($0, in: path) && !isKept($0) }
        // The mark of a run goes last, because it proves that the other files are hfmint's.
        for name in names.filter({ $0 != RunFile.mark.name }) + names.filter({ $0 == RunFile.mark.name })
        where name != RunFile.mark.name || failure == nil {
            do throws(FileFailure) {
                guard try isProvenOurs(name) else {
                    leaving(FileFailure(path(of: name), "nothing but its name shows that hfmint made it"))
                    continue
                }
                erased += try eraseEntry(name)
            } catch {
                // The other files are erased all the same.
                failure = failure ?? error
            }
        }
        // The directory stays if it holds other files, such as one that another process of the job has just made.
        if !isNamed || descriptor.removeNoteOfMaking() { _ = unsafe rmdir(path) }
        if let failure { throw failure }
        return erased
    }

    /// Returns whether hfmint provably made the file, or the directory of a run.
    ///
    /// In hfmint's own directory the name proves it. In a directory that a user named the name proves it only for a
    /// draft, and the content must prove it for other files.
    private func isProvenOurs(_ name: String) throws(FileFailure) -> Bool {
        guard isNamed, name.utf8.first != ASCII.dot else { return true }
        guard !descriptor.isDirectoryBelow(name) else {
            guard let run = try descriptor.privateDirectoryBelow(name, path(of: name)),
                let mark = try? run.openBelow(RunFile.mark.name, O_RDONLY).readRegular(limit: 64)
            else { return false }
            return mark.byteCount > 0 && mark.reveal { JobFileContent.isOurs($0, in: RunFile.mark.name) }
        }
        guard let status = try? descriptor.statusBelow(name), status.kind == .regular,
            status.byteCount <= JobFileContent.limit, let text = try read(name, limit: JobFileContent.limit)
        else { return false }
        return text.reveal { JobFileContent.isOurs($0, in: name) }
    }

    private func eraseEntry(_ name: String) throws(FileFailure) -> [String] {
        if descriptor.isDirectoryBelow(name) { return try subdirectory(name).erase() }
        try remove(name)
        return [path(of: name)]
    }

    package func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure) {
        // A job's tokens need not survive a power failure, and a flush can take longer than the whole exchange.
        _ = try naming(path(of: name), try descriptor.replaceBelow(name, with: bytes, .unneeded, isOursAlone: true))
    }
}

extension Descriptor {
    fileprivate func isDirectoryBelow(_ name: String) -> Bool { (try? statusBelow(name))??.kind == .directory }

    /// Makes a directory, and returns whether it is new.
    fileprivate func makeDirectoryBelow(_ name: String, _ path: String) throws(FileFailure) -> Bool {
        guard unsafe mkdirat(number, name, 0o700) == 0 else {
            let failure = Errno.last
            guard failure.code == EEXIST || isDirectoryBelow(name) else { throw failure.failure(path) }
            return false
        }
        // The umask may have taken even the owner's rights. The caller checks the result.
        _ = unsafe fchmodat(number, name, 0o700, 0)
        return true
    }

    /// The name of an empty file that records that hfmint made this directory; it does not fit a copy of it.
    private var noteName: String? {
        guard let identity = try? identity() else { return nil }
        let fields = [Array("\(identity.inode)".utf8), Array("\(identity.madeAt)".utf8)]
        return JobFileName.directoryNotePrefix + fingerprint(fields)
    }

    /// Records that hfmint made this directory, and so may remove it in the end.
    fileprivate func noteMaking() {
        guard let name = noteName else { return }
        _ = try? openBelow(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    /// Removes the note if it is the only entry, and returns whether it did.
    fileprivate func removeNoteOfMaking() -> Bool {
        guard let name = noteName, let names = try? names(), names.elementsEqual([name]) else { return false }
        unlinkBelow(name)
        return true
    }

    /// Opens a directory that only this user can use, or returns nil if there is none.
    fileprivate func privateDirectoryBelow(_ name: String, _ path: String) throws(FileFailure) -> Descriptor? {
        guard let directory = try openPrivate(name, path) else { return nil }
        let status = try directory.status(path)
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user") }
        guard status.permissions & 0o777 == 0o700 else {
            throw FileFailure(path, "its mode is \(String(status.permissions, radix: 8)) instead of 700")
        }
        return directory
    }

    private func openPrivate(_ name: String, _ path: String) throws(FileFailure) -> Descriptor? {
        do throws(Errno) {
            return try openBelow(name, O_RDONLY | O_DIRECTORY)
        } catch {
            if error.code == ENOENT { return nil }
            let isOther = error.code == ELOOP || error.code == ENOTDIR
            throw isOther ? FileFailure(path, "it is a symbolic link or no directory") : error.failure(path)
        }
    }
}
