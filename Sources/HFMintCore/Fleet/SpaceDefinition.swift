/// A Space as the manifest wants it; what is nil is not managed.
package struct SpaceDefinition: Equatable, Sendable {
    /// Of the kind `.space`.
    package let resource: Resource
    /// Who answers for it.
    package let owner: String?
    /// The path of the manifest that has it: an app's, or the root's.
    package let app: String
    /// The place of the entry in ``app``.
    package let place: ManifestPlace
    /// What must be healthy before: `spaces/acme/chat`, `endpoints/acme/scorer`. Some may not be in this definition, if
    /// the user named an app alone.
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

    package init(
        resource: Resource, owner: String? = nil, app: String, place: ManifestPlace, after: [String] = [],
        wave: Int = 0, hardware: String? = nil, sleep: Sleep? = nil, visibility: Visibility? = nil,
        variables: [Entry] = [], secrets: [SecretDefinition] = [], volumes: [Volume]? = nil,
        health: Health = Health(), isProtected: Bool = false, ignored: [String] = []
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
    }
}
