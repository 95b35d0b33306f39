/// What the manifest's `serve` refers to outside itself, for whoever must bring it to hfmint.
///
/// No secret is read: these are the names of places.
package struct ServeSecrets: Sendable {
    /// The absolute paths of files, each once, in the manifest's order.
    package private(set) var files: [String] = []
    /// The names of environment variables, likewise.
    package private(set) var variables: [String] = []

    package init(of definition: ServeDefinition) {
        for credential in definition.credentials {
            switch credential.source {
            case .token(let reference): add(reference, from: definition.folder)
            case .member(let member):
                add(member.clientID, from: member.folder)
                add(member.clientSecret, from: member.folder)
            }
        }
        for key in definition.tickets?.keys ?? [] { add(key, from: definition.folder) }
    }

    /// Returns what a file is called where only names are told apart: the end of its path, or all of it if two end
    /// alike.
    func name(of file: String) -> String {
        let name = FilePath(file).name
        let isAlone = files.count { FilePath($0).name.utf8.elementsEqual(name.utf8) } == 1
        return isAlone
            ? name : file.utf8.split(separator: ASCII.slash).map { String(Substring($0)) }.joined(separator: ".")
    }

    private mutating func add(_ reference: SecretReference, from folder: String) {
        switch reference {
        case .file(let path):
            let absolute = FilePath(path).from(folder).text
            if !files.contains(absolute) { files.append(absolute) }
        case .variable(let key): if !variables.contains(key.name) { variables.append(key.name) }
        case .command: break
        }
    }
}
