import Glibc
package import HFMintCore

/// A directory of this user's alone, used through the descriptor that it was checked by.
package final class PosixPrivateDirectory: PrivateDirectory {
    package let path: String
    private let descriptor: Descriptor

    private init(path: String, descriptor: consuming Descriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    static func open(_ candidate: DirectoryCandidate) throws(FileFailure) -> PosixPrivateDirectory {
        var path = candidate.base
        let base = try naming(path) { () throws(Errno) in try Descriptor.open(path, O_RDONLY | O_DIRECTORY) }
        let status = try naming(path) { () throws(Errno) in try base.status() }
        guard !status.othersCanWrite || status.isSticky else {
            throw FileFailure(path, "others can write it, and it lacks the sticky bit")
        }
        var directory = base
        for component in candidate.components {
            path += "/" + component
            let next = try directory.privateDirectoryBelow(component, path)
            directory = next
        }
        return PosixPrivateDirectory(path: path, descriptor: directory)
    }

    package func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure) {
        try naming("\(path)/\(name)") { () throws(Errno) in try descriptor.replaceBelow(name, with: bytes) }
    }
}

extension Descriptor {
    /// Makes `name` where it does not exist, and refuses what is not this user's alone.
    fileprivate func privateDirectoryBelow(_ name: String, _ path: String) throws(FileFailure) -> Descriptor {
        if unsafe mkdirat(number, name, 0o700) != 0, errno != EEXIST { throw Errno.last.failure(path) }
        let directory = try openPrivate(name, path)
        let status = try naming(path) { () throws(Errno) in try directory.status() }
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user") }
        guard status.permissions & 0o777 == 0o700 else {
            throw FileFailure(path, "its mode is \(String(status.permissions, radix: 8)) instead of 700")
        }
        return directory
    }

    private func openPrivate(_ name: String, _ path: String) throws(FileFailure) -> Descriptor {
        do throws(Errno) {
            return try openBelow(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            let isOther = error.code == ELOOP || error.code == ENOTDIR
            throw isOther ? FileFailure(path, "it is a symbolic link or no directory") : error.failure(path)
        }
    }

    /// Replaces a file below this directory whole: a draft beside it, flushed, renamed over it, the directory flushed.
    ///
    /// After a crash at any instant the name holds the old bytes or the new ones.
    func replaceBelow(_ name: String, with bytes: borrowing Secret) throws(Errno) {
        // Random, not the process id: in a container that is the same in every run.
        let draft = ".\(name).\(String(UInt64.random(in: .min ... .max), radix: 36)).draft"
        do throws(Errno) {
            let file = try openBelow(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            try file.write(bytes)
            try file.sync()
            guard unsafe renameat(number, draft, number, name) == 0 else { throw .last }
        } catch {
            _ = unsafe unlinkat(number, draft, 0)
            throw error
        }
        try sync()
    }
}
