/// The key `audit` of a manifest: where grants and rotations are recorded.
package struct AuditDefinition: Equatable, Sendable {
    /// The path of the log, as the manifest writes it.
    private let file: String?
    /// The address of an OpenTelemetry collector that takes OTLP/HTTP.
    private let url: String?
    /// The name of the header that holds ``credential``.
    private let header: String?
    private let credential: SecretReference?
    private let isRequired: Bool
    /// The folder of the root manifest, where a relative ``file`` starts.
    private let folder: String

    static let shape = ObjectShape(
        [
            .optional("file", .string(.path), "a file with one record a line, each with the digest of the line before"),
            .optional("url", .string(.url), "a collector that takes OTLP/HTTP JSON"),
            .optional(
                "credential",
                .object(
                    ObjectShape([
                        .required("header", .string(.custom("header", check: headerComplaint)), "the header's name"),
                        .required("value", .secretReference, "the header's whole value"),
                    ])), "what proves to the collector who sends, such as an API key"),
            .optional("required", .bool, "whether nothing may happen that cannot be recorded (default: false)"),
        ],
        rule: { $0.has("file") || $0.has("url") ? nil : "needs a 'file' or a 'url'" },
        alsoInSchema: [.init("anyOf", .array([["required": .array(["file"])], ["required": .array(["url"])]]))])

    init(_ node: ManifestNode, folder: String) {
        file = node["file"]?.string
        url = node["url"]?.string
        header = node["credential"]?["header"]?.string
        credential = node["credential"]?["value"].flatMap { SecretReference($0) }
        isRequired = node["required"]?.bool ?? false
        self.folder = folder
    }

    /// Returns the settings of the trail, with an absolute path and the credential's value.
    ///
    /// - Parameter provider: the detected CI system or cloud, or nil.
    /// - Throws: ``MintError/Code/manifestInvalid`` for a relative file in a job of a provider, where the folder
    ///   depends on the checkout; ``MintError/Code/stateUnusable`` if the credential cannot be read.
    package func settings(on provider: Provider?, in context: Context) throws(MintError) -> AuditTrail.Settings {
        var settings = AuditTrail.Settings(isRequired: isRequired)
        settings.file = try path(on: provider, in: context)
        settings.url = url.flatMap { HTTPURL($0) }
        if let header, let credential {
            let value = SharedSecret(try credential.read(relativeTo: folder, in: context))
            settings.credential = AuditTrail.Credential(header: header, value: value)
        }
        return settings
    }

    /// Returns the absolute path of the log, or nil if the manifest names none.
    package func path(on provider: Provider?, in context: Context) throws(MintError) -> String? {
        guard let file, !FilePath(file).isAbsolute else { return file }
        if let provider {
            throw MintError(
                .manifestInvalid, "'audit.file' is relative ('\(file)'), and this is a job of \(provider.name)",
                hint: "name an absolute path that outlives the job, or a collector with audit.url")
        }
        return FilePath(file).from(FilePath(folder).from(context.files.workingDirectory).text).text
    }
}

private let headerComplaint: @Sendable (String) -> String? = { text in
    let isName =
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.minus }
    return isName ? nil : "is no name of a header: letters, digits and '-'"
}
