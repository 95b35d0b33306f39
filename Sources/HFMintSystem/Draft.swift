import Glibc
internal import HFMintCore

extension Descriptor {
    /// Replaces a file below this directory whole: a draft beside it, flushed, renamed over it, the directory flushed.
    ///
    /// After a crash at any instant the name holds the old bytes or the new ones, and the next call removes the draft.
    ///
    /// - Parameter isOursAlone: whether nobody but hfmint names files in this directory.
    func replaceBelow(
        _ name: String, with bytes: borrowing Secret, _ durability: Durability = .wanted, isOursAlone: Bool = false,
        rights: FileRights = .private
    ) throws(Errno) {
        _ = try placeBelow(name, bytes, durability, isOursAlone: isOursAlone, rights: rights, needsLock: false)
    }

    /// The same, and answers the new file: open for reading and appending, and locked.
    ///
    /// - Parameter needsLock: whether to fail where there are no locks, instead of going on without one.
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

    /// A file that has all its bytes and not its name yet.
    struct Draft: ~Copyable {
        let name: String
        /// Open for reading and appending, and locked: nobody sweeps the draft of a living process.
        let file: Descriptor
    }

    func makeDraft(
        of name: String, _ bytes: borrowing Secret, _ durability: Durability = .wanted,
        _ rights: FileRights = .private, needsLock: Bool = false
    ) throws(Errno) -> Draft {
        while true {
            let draft = Self.draftName(name)
            let file = try openBelow(draft, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            // Held until it has its name. One that was swept before it was locked is gone, and another is made.
            guard try lockNew(file, draft, needsLock) else { continue }
            try fill(file, draft, bytes, durability, rights)
            return Draft(name: draft, file: file)
        }
    }

    /// `false` where it was swept before it was locked.
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
            // Given away last: until it is whole, it is nobody else's to read.
            try file.write(bytes)
            try file.setRights(rights)
            try file.sync(durability)
        } catch {
            try? eraseBelow(draft)
            throw error
        }
    }

    /// Removes what a killed process left: a draft whose lock nobody holds.
    ///
    /// Beside files of other people's only a word that hfmint drew shows that it is one; in a directory of hfmint's
    /// own, those of its other files go too, as some of these are written once.
    func sweepDrafts(of name: String, isOursAlone: Bool = false) {
        guard isOursAlone else {
            for (entry, word) in besides(name, Self.draftEnding) where DrawnWord.isDrawn(word) {
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
        // One with two names has got its own already, see ``UserFile``: then these bytes are in use.
        if status.linkCount == 1 { try? eraseBelow(entry) } else { unlinkBelow(entry) }
    }

    /// A draft is given to the owner of what it is to replace right before it does.
    private func isOwner(_ user: uid_t, of name: String) -> Bool {
        guard let target = try? statusBelow(name) else { return false }
        return target.kind == .regular && target.owner == user
    }

    /// The entries `.NAME.WORD.ENDING`, each with its word.
    func besides(_ name: String, _ ending: String) -> [(entry: String, word: ArraySlice<UInt8>)] {
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

    /// Random, not the process id: in a container that is the same in every run.
    static func hiddenName(_ name: String, _ ending: String) -> String {
        ".\(stem(name)).\(DrawnWord.draw(from: .random(in: .min ... .max))).\(ending)"
    }

    /// So that with three dots, the word and the ending no name has more bytes than a file system takes.
    private static func stem(_ name: String) -> String {
        name.utf8.count <= 255 - 3 - 13 - draftEnding.utf8.count ? name : fingerprint([Array(name.utf8)])
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

    func unlinkBelow(_ name: String) { _ = unsafe unlinkat(number, name, 0) }

    /// The names below this directory.
    func names() throws(Errno) -> [String] {
        // A copy has its place in the directory in common with this descriptor: only a new one begins by itself.
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
        // A directory that cannot be read to its end is not one that is empty.
        guard errno == 0 else { throw .last }
        return names.sorted()
    }
}
