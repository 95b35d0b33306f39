/// A Space as the manifest wants it; what is nil is not managed.
package struct SpaceDefinition: Equatable, Sendable {
    /// Of the kind `.space`.
    package let resource: Resource
    /// Who answers for it.
    package let owner: String?
    /// The path of the app's manifest from the root's folder, which is the same on every machine; of a Space of the
    /// root, the name of the root manifest.
    package let app: String
    /// The place of the entry in the manifest of ``app``.
    package let place: ManifestPlace
    /// What must be healthy before, such as `spaces/acme/chat` or `endpoints/acme/scorer`.
    ///
    /// If the user named an app, some of it may not be in the definition.
    package let after: [String]
    package let wave: Int
    /// The Hub's word for it, of an open set: `cpu-basic`.
    package let hardware: String?
    package let sleep: Sleep?
    package let visibility: Visibility?
    package let variables: [Entry]
    package let secrets: [SecretDefinition]
    /// The whole list, or nil if volumes are not managed.
    package let volumes: [Volume]?
    package let health: Health
    /// Whether nothing of it is ever deleted.
    package let isProtected: Bool
    /// What is neither compared nor sent: `hardware`, `variables.LEVEL`.
    package let ignored: [String]
    /// The names of the secrets that rotations write, also of those that are not among ``secrets``.
    package let rotated: [String]

    package init(
        resource: Resource, owner: String? = nil, app: String, place: ManifestPlace, after: [String] = [],
        wave: Int = 0, hardware: String? = nil, sleep: Sleep? = nil, visibility: Visibility? = nil,
        variables: [Entry] = [], secrets: [SecretDefinition] = [], volumes: [Volume]? = nil,
        health: Health = Health(), isProtected: Bool = false, ignored: [String] = [], rotated: [String] = []
    ) {
        self.resource = resource
        self.owner = owner
        self.app = app
        self.place = place
        self.after = after
        self.wave = wave
        self.hardware = hardware
        self.sleep = sleep
        self.visibility = visibility
        self.variables = variables
        self.secrets = secrets
        self.volumes = volumes
        self.health = health
        self.isProtected = isProtected
        self.ignored = ignored
        self.rotated = rotated
    }

    /// Whether `path`, such as `variables.LEVEL`, is neither compared nor sent.
    package func ignores(_ path: String) -> Bool { ignored.contains { path.isPath(at: $0) } }
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
