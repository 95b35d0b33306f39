/// Where a manifest wants grants and rotations recorded.
package struct AuditDefinition: Equatable, Sendable {
    /// A file with one JSON object a line, as the manifest writes it.
    package let file: String?
    /// A collector of OpenTelemetry's, by OTLP/HTTP.
    package let url: String?
    /// Whether nothing may happen that cannot be recorded.
    package let isRequired: Bool
    /// The folder from which a relative ``file`` counts: the root manifest's.
    package let folder: String

    package init(file: String?, url: String?, isRequired: Bool, folder: String) {
        self.file = file
        self.url = url
        self.isRequired = isRequired
        self.folder = folder
    }

    static let shape = ObjectShape(
        [
            .optional("file", .string(.path), "a file with one record a line, each with the digest of the line before"),
            .optional("url", .string(.url), "a collector that takes OTLP/HTTP JSON"),
            .optional("required", .bool, "whether nothing may happen that cannot be recorded (default: false)"),
        ],
        rule: { $0.has("file") || $0.has("url") ? nil : "needs a 'file' or a 'url'" },
        alsoInSchema: [.init("anyOf", .array([["required": .array(["file"])], ["required": .array(["url"])]]))])

    init(_ place: ManifestNode, folder: String) {
        self.init(
            file: place["file"]?.string, url: place["url"]?.string, isRequired: place["required"]?.bool ?? false,
            folder: folder)
    }
}
