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

    package var predecessors: [String] { after }

    /// What a plan and the record call all secrets of an endpoint.
    static let secretsPath = "secrets"

    /// The names of secrets that an update may take away, as they are there and are not sent.
    ///
    /// Where the service does not name them, the manifest may know one that it ignores.
    func unsentSecrets(of state: EndpointState) -> [String] {
        let written = writtenSecrets
        let there = state.secretNames ?? ignored.compactMap { $0.after("\(Self.secretsPath).") }
        return there.filter { name in !written.contains { $0.name.utf8.elementsEqual(name.utf8) } }
    }
}
