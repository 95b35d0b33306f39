/// A Space as the manifest wants it.
package struct SpaceDefinition: DeclaredResource, Equatable {
    /// Of the kind `.space`.
    package let resource: Resource
    package var owner: String?
    package let app: String
    package let place: ManifestPlace
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
    package var ignored: [String] = []

    package var canonical: String { resource.canonical }

    package var predecessors: [String] {
        let mounted = volumes?.filter { $0.type.utf8.elementsEqual("space".utf8) } ?? []
        return after + mounted.map { "spaces/\($0.source)" }.filter { !$0.utf8.elementsEqual(canonical.utf8) }
    }
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
