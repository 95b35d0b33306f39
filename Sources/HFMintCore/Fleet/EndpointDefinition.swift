/// An Inference Endpoint as the manifest wants it; what is nil is not managed.
package struct EndpointDefinition: Equatable, Sendable {
    package let namespace: String
    package let name: String
    /// Who answers for it.
    package let owner: String?
    /// As ``SpaceDefinition/app``.
    package let app: String
    /// The place of the entry in the manifest of ``app``.
    package let place: ManifestPlace
    /// As ``SpaceDefinition/after``.
    package let after: [String]
    package let wave: Int
    package let environment: [Entry]
    package let secrets: [SecretDefinition]
    package let minReplica: Int?
    package let maxReplica: Int?
    package let scaleToZeroMinutes: Int?
    package let revision: String?
    package let health: Health
    /// Whether it is never deleted, nor made anew.
    package let isProtected: Bool
    /// What is neither compared nor sent: `scaling`, `env.LEVEL`.
    package let ignored: [String]

    package init(
        namespace: String, name: String, owner: String? = nil, app: String, place: ManifestPlace,
        after: [String] = [], wave: Int = 0, environment: [Entry] = [], secrets: [SecretDefinition] = [],
        minReplica: Int? = nil, maxReplica: Int? = nil, scaleToZeroMinutes: Int? = nil, revision: String? = nil,
        health: Health = Health(), isProtected: Bool = false, ignored: [String] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.owner = owner
        self.app = app
        self.place = place
        self.after = after
        self.wave = wave
        self.environment = environment
        self.secrets = secrets
        self.minReplica = minReplica
        self.maxReplica = maxReplica
        self.scaleToZeroMinutes = scaleToZeroMinutes
        self.revision = revision
        self.health = health
        self.isProtected = isProtected
        self.ignored = ignored
    }

    /// What plans and messages call it: `endpoints/acme/scorer`.
    package var resource: String { "endpoints/\(namespace)/\(name)" }

    /// As ``SpaceDefinition/ignores(_:)``.
    package func ignores(_ path: String) -> Bool { ignored.contains { path.isPath(at: $0) } }
}
