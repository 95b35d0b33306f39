/// Where a manifest wants grants and rotations recorded.
package struct AuditDefinition: Equatable, Sendable {
    /// A file with one JSON object a line, as the manifest writes it.
    package let file: String?
    /// A collector of OpenTelemetry's, by OTLP/HTTP.
    package let url: String?
    /// What proves to the collector who sends: a header, and where its value is.
    package let header: String?
    package let credential: SecretReference?
    /// Whether nothing may happen that cannot be recorded.
    package let isRequired: Bool
    /// The folder from which a relative ``file`` counts: the root manifest's.
    package let folder: String

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

    init(_ place: ManifestNode, folder: String) {
        file = place["file"]?.string
        url = place["url"]?.string
        header = place["credential"]?["header"]?.string
        credential = place["credential"]?["value"].flatMap { SecretReference($0) }
        isRequired = place["required"]?.bool ?? false
        self.folder = folder
    }

    /// Where events go, as this machine sees it.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` for a relative file inside a CI system, whose folder is whatever a
    ///   checkout made of it; ``MintError/Code/stateUnusable`` where the credential is not there.
    package func settings(in context: Context) throws(MintError) -> AuditTrail.Settings {
        var settings = AuditTrail.Settings(isRequired: isRequired)
        if let file { settings.file = try absolute(file, in: context) }
        settings.url = url.flatMap { HTTPURL($0) }
        if let header, let credential {
            settings.credential = (header, SharedSecret(try credential.read(relativeTo: folder, in: context)))
        }
        return settings
    }

    /// Where the log lies.
    package func path(in context: Context) throws(MintError) -> String? {
        guard let file else { return nil }
        return try absolute(file, in: context)
    }

    private func absolute(_ file: String, in context: Context) throws(MintError) -> String {
        guard !FilePath(file).isAbsolute else { return file }
        if let provider = Provider.detected(in: context.job) {
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
