import Glibc
internal import HFMintCore

extension Descriptor {
    /// Replaces a file below this directory whole: a draft beside it, flushed, renamed over it, the directory flushed.
    ///
    /// After a crash at any instant the name holds the old bytes or the new ones, and the next call removes the draft.
    ///
    /// - Parameter isLasting: whether the new bytes must be there after a power failure; else the old ones may be.
    /// - Returns: which file stands there now.
    @discardableResult
    func replaceBelow(
        _ name: String, with bytes: borrowing Secret, isLasting: Bool = true, rights: FileRights = .private
    ) throws(Errno) -> FileIdentity {
        try placeBelow(name, bytes, isLasting: isLasting, rights: rights).identity()
    }

    /// The same, and answers the new file: open for reading and appending, and locked.
    func placeBelow(
        _ name: String, _ bytes: borrowing Secret, isLasting: Bool = true, rights: FileRights = .private
    ) throws(Errno) -> Descriptor {
        sweepDrafts(of: name)
        while true {
            // Random, not the process id: in a container that is the same in every run.
            let draft = draftName(name, String(UInt64.random(in: .min ... .max), radix: 36))
            let file = try openBelow(draft, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            // Held until it has its name: nobody sweeps the draft of a living process. One that was swept before it
            // was locked is gone, and another is made.
            guard try lockNew(file, draft) else { continue }
            try finish(file, draft, name, bytes, rights)
            if isLasting { try sync() }
            return file
        }
    }

    /// `false` where it was swept before it was locked.
    private func lockNew(_ file: borrowing Descriptor, _ draft: String) throws(Errno) -> Bool {
        do throws(Errno) {
            guard try file.tryLock() else { return false }
            return try file.status().linkCount > 0
        } catch {
            _ = unsafe unlinkat(number, draft, 0)
            throw error
        }
    }

    private func finish(
        _ file: borrowing Descriptor, _ draft: String, _ name: String, _ bytes: borrowing Secret, _ rights: FileRights
    ) throws(Errno) {
        do throws(Errno) {
            try file.setRights(rights)
            try file.write(bytes)
            try file.sync()
            guard unsafe renameat(number, draft, number, name) == 0 else { throw .last }
        } catch {
            _ = unsafe unlinkat(number, draft, 0)
            throw error
        }
    }

    /// Removes what a killed process left: a draft whose lock nobody holds.
    private func sweepDrafts(of name: String) {
        let prefix = draftName(name, "").utf8.dropLast(Self.draftSuffix.utf8.count)
        for entry in names()
        where entry.utf8.starts(with: prefix) && entry.utf8.suffix(6).elementsEqual(Self.draftSuffix.utf8) {
            // What a person called alike is not a draft of ours.
            let random = entry.utf8.dropFirst(prefix.count).dropLast(Self.draftSuffix.utf8.count)
            guard (1...13).contains(random.count), random.allSatisfy({ $0.isASCIIDigit || $0.isASCIILowercase }),
                let draft = try? openBelow(entry, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), (try? draft.tryLock()) == true,
                let status = try? draft.status(), status.kind == .regular, status.isOurs, status.linkCount == 1
            else { continue }
            try? eraseBelow(entry)
        }
    }

    private static let draftSuffix = ".draft"

    private func draftName(_ name: String, _ random: String) -> String {
        let isShort = name.utf8.count <= Self.longestDraftedName
        return ".\(isShort ? name : fingerprint([Array(name.utf8)])).\(random)\(Self.draftSuffix)"
    }

    /// So that with two dots, the random part and the suffix a draft's name has no more bytes than a file system takes.
    private static let longestDraftedName = 255 - 2 - 13 - draftSuffix.utf8.count

    /// Takes the kernel's lock on this file, if nobody else has it.
    ///
    /// - Throws: where this file system has no locks.
    func tryLock() throws(Errno) -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw .last }
        }
        return true
    }

    /// Overwrites a regular file with zeros, as well as the disk lets us, and removes its name.
    func eraseBelow(_ name: String) throws(Errno) {
        if let file = try? openBelow(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), let status = try? file.status(),
            status.kind == .regular, status.byteCount > 0
        {
            try? file.write(Secret(copying: repeatElement(0, count: min(status.byteCount, 1 << 20))))
            try? file.sync()
        }
        guard unsafe unlinkat(number, name, 0) == 0 || errno == ENOENT else { throw .last }
    }

    /// The names below this directory.
    func names() -> [String] {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else { return [] }
        defer { unsafe closedir(stream) }
        unsafe rewinddir(stream)
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
