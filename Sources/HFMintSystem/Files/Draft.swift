import Glibc
internal import HFMintCore

extension Descriptor {
    /// Replaces a whole file: writes a draft beside it, flushes it, renames it, and flushes this directory.
    ///
    /// After a crash at any instant the file has the old bytes or the new ones. The next call removes the draft.
    ///
    /// - Parameters:
    ///   - isOursAlone: whether only hfmint creates files in this directory.
    ///   - needsLock: whether to fail if there are no locks.
    /// - Returns: the new file, locked, and open for reading and appending.
    @discardableResult
    func replaceBelow(
        _ name: String, with bytes: borrowing Secret, _ durability: Durability = .wanted, isOursAlone: Bool = false,
        rights: FileRights = .private, needsLock: Bool = false
    ) throws(Errno) -> Descriptor {
        sweepDrafts(of: name, isOursAlone: isOursAlone)
        let draft = try makeDraft(of: name, bytes, durability, rights, needsLock: needsLock)
        do throws(Errno) {
            try renameBelow(draft.name, to: name)
        } catch {
            unlinkBelow(draft.name)
            throw error
        }
        if durability != .unneeded { try sync(durability) }
        return draft.file
    }

    /// A file that has all its bytes, but not yet its name.
    struct Draft: ~Copyable {
        let name: String
        /// The file, open for reading and appending, and locked so that no other process sweeps it.
        let file: Descriptor
    }

    func makeDraft(
        of name: String, _ bytes: borrowing Secret, _ durability: Durability = .wanted,
        _ rights: FileRights = .private, needsLock: Bool = false
    ) throws(Errno) -> Draft {
        while true {
            let draft = Self.hiddenName(name, Self.draftEnding)
            let file = try openBelow(draft, O_RDWR | O_APPEND | O_CREAT | O_EXCL, mode: 0o600)
            do throws(Errno) {
                // Another process may sweep the draft before it is locked. Then a new one is made.
                guard try needsLock ? file.tryLock() : file.tryLock(otherwise: true) else { continue }
                guard try file.status().linkCount > 0 else { continue }
                // The rights come last, so that nobody else reads an incomplete file.
                try file.write(bytes)
                try file.setRights(rights)
                try file.sync(durability)
            } catch {
                try? eraseBelow(draft)
                throw error
            }
            return Draft(name: draft, file: file)
        }
    }

    /// Removes the drafts that killed processes left, which nobody has locked.
    ///
    /// In a directory that only hfmint uses, the drafts of its other files go too, because some of these files are
    /// written only once.
    func sweepDrafts(of name: String, isOursAlone: Bool = false) {
        for entry in (try? names()) ?? [] {
            let isOther = isOursAlone && entry.utf8.first == ASCII.dot && JobFileName.isOurs(entry, in: "")
            if isOther || Self.isHidden(entry, name, Self.draftEnding) { sweepDraft(entry, of: name) }
        }
    }

    private func sweepDraft(_ entry: String, of name: String) {
        guard let draft = try? openBelow(entry, O_WRONLY), let status = try? draft.status(),
            status.kind == .regular, status.isOurs || isOwner(status.owner, of: name),
            (try? draft.tryLock(otherwise: status.isOld)) == true
        else { return }
        // A draft with two names already has its final name (see ``UserFile``), so its bytes are in use.
        if status.linkCount == 1 { try? eraseBelow(entry) } else { unlinkBelow(entry) }
    }

    /// Returns whether `user` owns the file that the draft replaces, whose owner the draft gets.
    private func isOwner(_ user: uid_t, of name: String) -> Bool {
        guard let target = try? statusBelow(name) else { return false }
        return target.kind == .regular && target.owner == user
    }

    private static let draftEnding = "draft"

    /// Returns `.NAME.WORD.ENDING` with a random word: a process id would be the same in every run of a container.
    static func hiddenName(_ name: String, _ ending: String) -> String {
        ".\(stem(name)).\(DrawnWord.draw(from: .random(in: .min ... .max))).\(ending)"
    }

    /// Returns whether ``hiddenName(_:_:)`` gave `entry` its name.
    static func isHidden(_ entry: String, _ name: String, _ ending: String) -> Bool {
        let (start, end) = (".\(stem(name)).".utf8, ".\(ending)".utf8)
        let bytes = entry.utf8
        return bytes.starts(with: start) && bytes.suffix(end.count).elementsEqual(end)
            && DrawnWord.isDrawn(bytes.dropFirst(start.count).dropLast(end.count))
    }

    /// Returns `name`, or its fingerprint if the hidden name would exceed the 255 bytes that file systems allow.
    private static func stem(_ name: String) -> String {
        name.utf8.count <= 255 - 3 - 13 - draftEnding.utf8.count ? name : fingerprint([Array(name.utf8)])
    }

    /// Overwrites a regular file with zeros, as far as the disk allows, and removes its name.
    func eraseBelow(_ name: String) throws(Errno) {
        if let file = try? openBelow(name, O_WRONLY), let status = try? file.status(),
            status.kind == .regular, status.byteCount > 0
        {
            try? file.writeZeros(min(status.byteCount, 1 << 20))
            try? file.sync()
        }
        guard unsafe unlinkat(number, name, 0) == 0 || errno == ENOENT else { throw .last }
    }

    func unlinkBelow(_ name: String) { _ = unsafe unlinkat(number, name, 0) }

    /// Returns the sorted names of this directory's entries.
    func names() throws(Errno) -> [String] {
        // A copy shares its read position with this descriptor, so the position is reset first.
        var copy = lseek(number, 0, SEEK_SET) == 0 ? fcntl(number, F_DUPFD_CLOEXEC, 3) : -1
        if copy < 0 { unsafe copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard copy >= 0 else { throw .last }
        guard let stream = unsafe fdopendir(copy) else {
            let failure = Errno.last
            _ = close(copy)
            throw failure
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        // A directory that cannot be read to its end must not look empty.
        guard errno == 0 else { throw .last }
        return names.sorted()
    }
}
