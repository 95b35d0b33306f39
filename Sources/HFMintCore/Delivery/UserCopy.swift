/// A file that a user asked for outside the job's directory, noted inside it so that `hfmint forget` finds it.
package struct UserCopy: Equatable, Sendable {
    package let path: String
    package let identity: FileIdentity

    package init(path: String, _ identity: FileIdentity) {
        self.path = path
        self.identity = identity
    }

    static let prefix = "copy-"

    package func record(in directory: any PrivateDirectory) throws(FileFailure) {
        let record: JSONValue = [
            "path": .string(path),
            "device": .string("\(identity.device)"),
            "inode": .string("\(identity.inode)"),
            "made_at": .string("\(identity.madeAt)"),
        ]
        try directory.replace(Self.prefix + fingerprint([Array(path.utf8)]), with: record.rendered())
    }

    /// Every note of this kind in `directory`; a damaged one is passed over.
    package static func all(in directory: any PrivateDirectory) -> [UserCopy] {
        directory.names.filter { $0.utf8.starts(with: prefix.utf8) }.compactMap { name -> UserCopy? in
            guard let file = try? directory.read(name, limit: JSONLimits.answer.byteCount),
                let record = try? JSONText(file.reveal { $0.bytes })
            else { return nil }
            func text(_ name: String) -> String? {
                record.string(record.root[name]).map { String(decoding: $0, as: UTF8.self) }
            }
            guard let path = text("path"), let device = text("device").flatMap({ UInt64($0) }),
                let inode = text("inode").flatMap({ UInt64($0) }), let madeAt = text("made_at").flatMap({ UInt64($0) })
            else { return nil }
            return UserCopy(path: path, FileIdentity(device: device, inode: inode, madeAt: madeAt))
        }
    }
}
