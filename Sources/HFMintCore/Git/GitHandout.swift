/// A note in the job's directory of a token that git was given: its digest, and git's question.
///
/// Git hands the token on to its other helpers; `hfmint forget` takes it back from them.
package struct GitHandout: Sendable {
    private let sha256: String
    /// Git's question, to be asked again: `protocol`, `host`, `path`, `username`.
    private let description: [(key: String, value: String)]
    /// The folder in which git asked, because a clone may have helpers of its own.
    let folder: String

    package init(_ token: HubToken, for description: CredentialDescription, in folder: String) {
        sha256 = token.sha256
        self.folder = folder
        // ``CredentialAnswer`` uses the same user name.
        let username = description.username.flatMap { $0.isEmpty ? nil : $0 } ?? Array("hf_user".utf8)
        let said: [(String, [UInt8]?)] = [
            ("protocol", description.transport), ("host", description.host), ("path", description.path),
            ("username", username),
        ]
        self.description = said.compactMap { key, value in value.map { (key, String(decoding: $0, as: UTF8.self)) } }
    }

    /// Writes the note; a note that cannot be written is left out, and git is answered all the same.
    package func note(in directory: any PrivateDirectory) {
        let name = JobFileKind.handout.name(fingerprint: fingerprint([Array(sha256.utf8), Array(folder.utf8)]))
        guard !directory.names.contains(name) else { return }
        let record: JSONValue = .object(
            [.init("sha256", .string(sha256)), .init("folder", .string(folder))]
                + description.map { JSONValue.Member($0.key, .string($0.value)) })
        try? directory.replace(name, with: record.rendered())
    }

    /// Returns the notes in `directory`, without damaged ones.
    static func all(in directory: any PrivateDirectory) -> [GitHandout] {
        directory.names.filter { JobFileKind(of: $0) == .handout }.compactMap { name -> GitHandout? in
            guard let file = try? directory.read(name, limit: JSONLimits.answer.byteCount),
                let record = try? JSONText(file.reveal { $0.bytes })
            else { return nil }
            return GitHandout(record)
        }
    }

    private init?(_ record: JSONText) {
        guard let sha256 = record.text("sha256"), let folder = record.text("folder") else { return nil }
        self.sha256 = sha256
        self.folder = folder
        description = ["protocol", "host", "path", "username"].compactMap { key in
            record.text(key).map { (key, $0) }
        }
    }

    func isToken(_ password: borrowing Secret, in machine: Machine) -> Bool {
        (try? machine.digests.sha256(password).hexadecimal.utf8.elementsEqual(sha256.utf8)) ?? false
    }

    var question: SharedSecret { SharedSecret(Secret(copying: "\(lines)\n".utf8)) }

    /// Returns the description by which a helper erases this password.
    func erasure(of password: borrowing Secret) -> SharedSecret {
        SharedSecret(password.enclosed(by: "\(lines)password=", and: "\n\n"))
    }

    private var lines: String { description.map { "\($0.key)=\($0.value)\n" }.joined() }
}
