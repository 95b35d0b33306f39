/// An Inference Endpoint as the manifest wants it; what is nil is not managed.
package struct EndpointDefinition: Equatable, Sendable {
    package let namespace: String
    package let name: String
    /// Who answers for it.
    package var owner: String?
    /// As ``SpaceDefinition/app``.
    package let app: String
    /// The place of the entry in the manifest of ``app``.
    package let place: ManifestPlace
    /// As ``SpaceDefinition/after``.
    package var after: [String] = []
    package var wave = 0
    package var environment: [Entry] = []
    package var secrets: [SecretDefinition] = []
    package var minReplica: Int?
    package var maxReplica: Int?
    package var scaleToZeroMinutes: Int?
    package var revision: String?
    package var health = Health()
    /// Whether it is never deleted, nor made anew.
    package var isProtected = false
    /// What is neither compared nor sent: `scaling`, `env.LEVEL`.
    package var ignored: [String] = []

    /// What plans and messages call it: `endpoints/acme/scorer`.
    package var resource: String { "endpoints/\(namespace)/\(name)" }

    /// As ``SpaceDefinition/ignores(_:)``.
    package func ignores(_ path: String) -> Bool { ignored.contains { path.isPath(at: $0) } }
}
