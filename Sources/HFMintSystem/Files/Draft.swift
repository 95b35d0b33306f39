import Glibc
internal import HFMintCore

extension Descriptor {
    /// Replaces a whole file: writes a draft beside it, flushes it, renames it, and flushes this directory.
    ///
    /// After a crash at any instant the file has the old bytes or the new ones. The next call removes the draft.
    ///
    /// - Parameter isOursAlone: whether only hfmint creates files in this directory.
    func replaceBelow(
        _ name: String, with bytes: borrowing Secret, _ durability: Durability = .wanted, isOursAlone: Bool = false,
        rights: FileRights = .private
    ) throws(Errno) {
        _ = try placeBelow(name, bytes, durability, isOursAlone: isOursAlone, rights: rights, needsLock: false)
    }

    /// Replaces a whole file, and returns the new one: locked, and open for reading and appending.
    ///
    /// - Parameter needsLock: whether to fail if there are no locks.
    func placeBelow(
        _ name: String, _ bytes: borrowing Secret, _ durability: Durability, isOursAlone: Bool = false,
        rights: FileRights = .private, needsLock: Bool
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
            let draft = Self.draftName(name)
            let file = try openBelow(draft, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            // Another process may sweep the draft before it is locked. Then a new one is made.
            guard try lockNew(file, draft, needsLock) else { continue }
            try fill(file, draft, bytes, durability, rights)
            return Draft(name: draft, file: file)
        }
    }

    /// Locks a new draft, or returns `false` if another process swept it first.
    private func lockNew(
        _ file: borrowing Descriptor, _ draft: String, _ needsLock: Bool
    ) throws(Errno) -> Bool {
        do throws(Errno) {
            guard try needsLock ? file.tryLock() : file.tryLock(otherwise: true) else { return false }
            return try file.status().linkCount > 0
        } catch {
            unlinkBelow(draft)
            throw error
        }
    }

    private func fill(
        _ file: borrowing Descriptor, _ draft: String, _ bytes: borrowing Secret, _ durability: Durability,
        _ rights: FileRights
    ) throws(Errno) {
        do throws(Errno) {
            // The rights come last, so that nobody else reads an incomplete file.
            try file.write(bytes)
            try file.setRights(rights)
            try file.sync(durability)
        } catch {
            try? eraseBelow(draft)
            throw error
        }
    }

    /// Removes the drafts that killed processes left, which nobody has locked.
    ///
    /// Among other people's files a draft is known by the word that hfmint drew for its name. In a directory that only
    /// hfmint uses, the drafts of its other files go too, because some of these files are written only once.
    func sweepDrafts(of name: String, isOursAlone: Bool = false) {
        guard isOursAlone else {
            for (entry, word) in hiddenEntries(of: name, Self.draftEnding) where DrawnWord.isDrawn(word) {
                sweepDraft(entry, of: name)
            }
            return
        }
        let start = ".\(Self.stem(name))."
        for entry in (try? names()) ?? []
        where entry.utf8.first == ASCII.dot && entry.utf8.suffix(6).elementsEqual(".draft".utf8) {
            let word = entry.utf8.dropFirst(start.utf8.count).dropLast(6)
            let isOfName = entry.utf8.starts(with: start.utf8) && (1...13).contains(word.count)
            if isOfName && word.allSatisfy({ $0.isASCIIDigit || $0.isASCIILowercase })
                || JobFileName.isOurs(entry, in: "")
            {
                sweepDraft(entry, of: name)
            }
        }
    }

    private func sweepDraft(_ entry: String, of name: String) {
        guard let draft = try? openBelow(entry, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), let status = try? draft.status(),
            status.kind == .regular, status.isOurs || isOwner(status.owner, of: name),
            (try? draft.tryLock(otherwise: status.isOld)) == true
        else { return }
        // With two names it has its own name already, see ``UserFile``, and its bytes are in use.
        if status.linkCount == 1 { try? eraseBelow(entry) } else { unlinkBelow(entry) }
    }

    /// Returns whether `user` owns the file that the draft replaces, whose owner the draft gets.
    private func isOwner(_ user: uid_t, of name: String) -> Bool {
        guard let target = try? statusBelow(name) else { return false }
        return target.kind == .regular && target.owner == user
    }

    /// Returns the entries `.NAME.WORD.ENDING`, each with its word.
    func hiddenEntries(of name: String, _ ending: String) -> [(entry: String, word: ArraySlice<UInt8>)] {
        let (start, end) = (Array(".\(Self.stem(name)).".utf8), Array(".\(ending)".utf8))
        return ((try? names()) ?? []).compactMap { entry in
            let bytes = Array(entry.utf8)
            guard bytes.count > start.count + end.count, bytes.starts(with: start),
                bytes.suffix(end.count).elementsEqual(end)
            else { return nil }
            return (entry, bytes[start.count..<(bytes.count - end.count)])
        }
    }

    private static let draftEnding = "draft"

    private static func draftName(_ name: String) -> String { hiddenName(name, draftEnding) }

    /// Returns `.NAME.WORD.ENDING` with a random word: a process id would be the same in every run of a container.
    static func hiddenName(_ name: String, _ ending: String) -> String {
        ".\(stem(name)).\(DrawnWord.draw(from: .random(in: .min ... .max))).\(ending)"
    }

    /// Returns `name`, or its fingerprint if the hidden name would exceed the 255 bytes that file systems allow.
    private static func stem(_ name: String) -> String {
        name.utf8.count <= 255 - 3 - 13 - draftEnding.utf8.count ? name : fingerprint([Array(name.utf8)])
    }

    /// Overwrites a regular file with zeros, as far as the disk allows, and removes its name.
    func eraseBelow(_ name: String) throws(Errno) {
        if let file = try? openBelow(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), let status = try? file.status(),
            status.kind == .regular, status.byteCount > 0
        {
            try? file.write(Secret(copying: repeatElement(0, count: min(status.byteCount, 1 << 20))))
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
