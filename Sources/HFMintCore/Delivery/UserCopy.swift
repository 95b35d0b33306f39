/// A file that the user asked for outside the job's directory.
///
/// A note in the job's directory proves that hfmint made the file, and leads `hfmint forget` to it.
package struct UserCopy: Equatable, Sendable {
    package let path: String
    package let mark: FileMark

    package init(path: String, _ mark: FileMark) {
        self.path = path
        self.mark = mark
    }

    package static func isNote(_ name: String) -> Bool { JobFileKind(of: name) == .copy }

    package var noteName: String { Self.noteName(path, mark.identity) }

    fileprivate static func noteName(_ path: String, _ identity: FileIdentity) -> String {
        // The path is part of it, as a file system may give a removed file's number to a new file.
        let parts = ["\(identity.device)", "\(identity.inode)", path]
        return JobFileKind.copy.name(fingerprint: fingerprint(parts.map { Array($0.utf8) }))
    }

    /// Returns the copies that notes in `directory` name; skips damaged notes.
    ///
    /// - Parameter unread: is called with each failure to read a note, or to list the directory.
    package static func all(
        in directory: any PrivateDirectory, unread: (FileFailure) -> Void = { _ in }
    ) -> [UserCopy] {
        func reading<Value>(_ body: () throws(FileFailure) -> Value?) -> Value? {
            do throws(FileFailure) {
                return try body()
            } catch {
                unread(error)
                return nil
            }
        }
        let names = reading { () throws(FileFailure) in try directory.listed() } ?? []
        return names.filter(isNote).compactMap { name in
            reading { () throws(FileFailure) in try UserCopy(noted: name, in: directory) }
        }
    }

    /// Reads the note of this name; returns `nil` if it is absent or damaged.
    fileprivate init?(noted name: String, in directory: any PrivateDirectory) throws(FileFailure) {
        guard let file = try directory.read(name, limit: JSONLimits.answer.byteCount),
            let record = try? JSONText(file.reveal { $0.bytes })
        else { return nil }
        func number(_ name: String) -> UInt64? { record.text(name).flatMap { UInt64($0) } }
        guard let path = record.text("path"), let device = number("device"), let inode = number("inode"),
            let madeAt = number("made_at"), let bytes = number("bytes").flatMap({ Int(exactly: $0) }),
            let modifiedAt = number("modified_at"), let wasEmpty = record.text("was_empty")
        else { return nil }
        self.init(
            path: path,
            FileMark(
                FileIdentity(device: device, inode: inode, madeAt: madeAt), byteCount: bytes, modifiedAt: modifiedAt,
                wasEmpty: wasEmpty == "yes"))
    }

    fileprivate var record: JSONValue {
        [
            "path": .string(path),
            "device": .string("\(mark.identity.device)"),
            "inode": .string("\(mark.identity.inode)"),
            "made_at": .string("\(mark.identity.madeAt)"),
            "bytes": .string("\(mark.byteCount)"),
            "modified_at": .string("\(mark.modifiedAt)"),
            "was_empty": .string(mark.wasEmpty ? "yes" : "no"),
        ]
    }
}

/// The notes in a job's directory about the user's file at one path, one note for each file that was there.
///
/// Two processes never write the same note.
package struct UserCopies: FileMarks {
    private let path: String
    private let directory: any PrivateDirectory

    /// - Parameter path: the absolute path of the user's file.
    package init(of path: String, in directory: any PrivateDirectory) {
        self.path = path
        self.directory = directory
    }

    package func mark(of identity: FileIdentity) -> FileMark? {
        let copy = try? UserCopy(noted: UserCopy.noteName(path, identity), in: directory)
        return copy?.mark.identity == identity ? copy?.mark : nil
    }

    package func note(_ mark: FileMark) throws(FileFailure) {
        let copy = UserCopy(path: path, mark)
        try directory.replace(copy.noteName, with: copy.record.rendered())
    }

    package func strike(_ identity: FileIdentity) { directory.drop(UserCopy.noteName(path, identity)) }
}
