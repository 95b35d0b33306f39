/// An Inference Endpoint as the manifest wants it.
package struct EndpointDefinition: DeclaredResource, Equatable {
    package let namespace: String
    package let name: String
    package var owner: String?
    package let app: String
    package let place: ManifestPlace
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
    package var ignored: [String] = []

    package var canonical: String { "endpoints/\(namespace)/\(name)" }

    package var mounted: [String] { [] }

    /// What a plan and the record call all secrets of an endpoint.
    static let secretsPath = "secrets"
}
