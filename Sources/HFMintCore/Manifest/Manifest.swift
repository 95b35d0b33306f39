/// The manifest: what is rotated, by whom, to where.
///
/// Used only when it is named, never found by looking around.
package struct Manifest: Sendable {
    package let path: String
    package let organization: String?
    private let root: ManifestNode

    package static let shape = Shape.object(
        ObjectShape([
            .required("version", .integer(1...1), "the version of this format: 1"),
            .optional("organization", .string(.any), "the organization on the Hub, for messages"),
            .optional(
                "rotations", .map(.object(RotationShape.rotation), of: "rotation"), "client secrets and their rotation"),
        ]))

    /// Reads and checks the manifest at `path`.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with everything that is wrong with it.
    package init(at path: String, in context: Context) throws(MintError) {
        let text = try Self.text(at: path, in: context)
        let issues = ManifestCheck.issues(in: text, shape: Self.shape)
        guard issues.isEmpty else {
            throw MintError(
                .manifestInvalid, "'\(path)' has \(issues.count) \(issues.count == 1 ? "mistake" : "mistakes")",
                details: issues.map(\.sentence), hint: "`hfmint manifest schema` prints what a manifest may say")
        }
        self.path = path
        root = ManifestNode(text)
        organization = root["organization"]?.string
    }

    private static func text(at path: String, in context: Context) throws(MintError) -> JSONText {
        let bytes: [UInt8]
        do throws(FileFailure) {
            guard let file = try context.files.read(path, limit: JSONLimits.manifest.byteCount) else {
                throw FileFailure(path, "there is no such file")
            }
            bytes = file.reveal { $0.bytes }
        } catch {
            throw MintError(.manifestInvalid, "cannot read '\(error.path)': \(error.reason)")
        }
        do throws(JSONError) {
            return try JSONText(bytes, limits: .manifest, dialect: .json5)
        } catch {
            let line = bytes.prefix(error.offset).count { $0 == ASCII.lineFeed } + 1
            throw MintError(.manifestInvalid, "'\(path)' is not JSON5: line \(line): \(error.reason.rawValue)")
        }
    }

    /// The folder from which relative paths in it count.
    private var folder: String {
        let parts = path.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false).dropLast()
        return parts.isEmpty ? "." : parts.map { String(Substring($0)) }.joined(separator: "/")
    }

    /// Every rotation, in the order of the manifest.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` also where two would change one client or write one place.
    package func rotations(in context: Context) throws(MintError) -> [RotationDefinition] {
        var definitions: [RotationDefinition] = []
        var owners: [String: String] = [:]
        for (name, place) in root["rotations"]?.members ?? [] {
            let surroundings = RotationSurroundings(name: name, folder: folder, context: context)
            let definition = try RotationDefinition(place, surroundings)
            for target in [definition.issuer.target] + definition.sinks.map(\.target) {
                if let owner = owners.updateValue(name, forKey: target) {
                    throw MintError(
                        .manifestInvalid, "'rotations.\(owner)' and 'rotations.\(name)' both change \(target)",
                        hint: "one secret belongs to one rotation")
                }
            }
            definitions.append(definition)
        }
        return definitions
    }
}
