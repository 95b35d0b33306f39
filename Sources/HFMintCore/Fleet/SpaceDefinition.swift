/// A Space as the manifest wants it; what is nil is not managed.
package struct SpaceDefinition: Equatable, Sendable {
    /// Of the kind `.space`.
    package let resource: Resource
    /// Who answers for it.
    package var owner: String?
    /// The path of the app's manifest from the root's folder, which is the same on every machine; of a Space of the
    /// root, the name of the root manifest.
    package let app: String
    /// The place of the entry in the manifest of ``app``.
    package let place: ManifestPlace
    /// What must be healthy before, such as `spaces/acme/chat` or `endpoints/acme/scorer`.
    ///
    /// If the user named an app, some of it may not be in the definition.
    package var after: [String] = []
    package var wave = 0
    /// The Hub's word for it, of an open set: `cpu-basic`.
    package var hardware: String?
    package var sleep: Sleep?
    package var visibility: Visibility?
    package var variables: [Entry] = []
    package var secrets: [SecretDefinition] = []
    /// The whole list, or nil if volumes are not managed.
    package var volumes: [Volume]?
    package var health = Health()
    /// Whether nothing of it is ever deleted.
    package var isProtected = false
    /// What is neither compared nor sent: `hardware`, `variables.LEVEL`.
    package var ignored: [String] = []

    /// Whether `path`, such as `variables.LEVEL`, is neither compared nor sent.
    package func ignores(_ path: String) -> Bool { ignored.contains { path.isPath(at: $0) } }
}

extension SpaceDefinition {
    /// Makes a question about a Space that no manifest declares yet: every setting of it is to be read.
    ///
    /// It is never compared.
    ///
    /// - Parameter manifest: the path of the manifest that will have it.
    package init(adopting space: Resource, into manifest: String) {
        self.init(
            resource: space, app: manifest, place: ManifestPlace(file: manifest, path: "fleet.spaces", line: 1),
            hardware: "", sleep: .never, volumes: [])
    }
}

extension String {
    /// Whether this is the path of a setting, or of a member of it.
    func isPath(at setting: String) -> Bool { self == setting || hasStart(setting + ".") }
}

extension Volume {
    init?(_ node: ManifestNode) {
        guard let type = node["type"]?.string, let source = node["source"]?.string,
            let mountPath = node["mountPath"]?.string
        else { return nil }
        self.init(
            type: type, source: source, mountPath: mountPath, revision: node["revision"]?.string,
            isReadOnly: node["readOnly"]?.bool, path: node["path"]?.string)
    }
}
