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
