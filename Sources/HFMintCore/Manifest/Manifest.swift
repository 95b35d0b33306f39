/// The manifest: who may become what, and what is rotated.
///
/// Used only when it is named, never found by looking around. Where an app's manifest is named, its parent is read
/// first.
package struct Manifest: Sendable {
    /// As it was named.
    package let path: String
    /// The organization on the Hub, for messages.
    package let organization: String?
    /// Where grants are recorded; an app's are recorded where its parent says.
    package let audit: AuditDefinition?
    let root: ManifestDocument
    /// The app whose manifest was named; `nil` where the root manifest itself was.
    let app: ManifestDocument?

    package static let shape = Shape.object(
        ObjectShape(
            [
                .jsonSchema, .required("version", .integer(1...1), "the version of this format: 1"),
                .optional("organization", .string(.any), "the organization on the Hub, for messages"),
            ] + PolicyShape.fields + [
                .optional(
                    "rotations", .map(.object(RotationShape.rotation), of: "rotation"),
                    "client secrets and their rotation"),
                .optional("audit", .object(AuditDefinition.shape), "where grants and rotations are recorded"),
            ]))

    /// Reads and checks the manifest at `path`, and for an app's its parent too.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with everything that is wrong with it.
    package init(at path: String, in machine: Machine) throws(MintError) {
        let named = try ManifestDocument(at: path, in: machine)
        let root = named.isApp ? try Self.parent(of: named, in: machine) : named
        self.path = path
        self.root = root
        app = named.isApp ? named : nil
        organization = root.root["organization"]?.string
        audit = root.root["audit"].map { AuditDefinition($0, folder: root.folder) }
    }

    /// Both must name the other: nobody becomes an app by saying so.
    private static func parent(of app: ManifestDocument, in machine: Machine) throws(MintError) -> ManifestDocument {
        let path = app.resolved(app.root["extends"]?.string ?? "")
        let parent: ManifestDocument
        do throws(MintError) {
            parent = try ManifestDocument(at: path, in: machine)
        } catch {
            throw MintError(
                .manifestInvalid, "the parent of '\(app.path)' cannot be used: \(error.message)",
                details: error.details, hint: error.hint ?? "'extends' names it, from the folder of the app's manifest")
        }
        guard !parent.isApp else {
            throw MintError(
                .manifestInvalid, "the parent of '\(app.path)' is itself an app's manifest: '\(parent.path)'",
                hint: "an app extends the root manifest")
        }
        let listed = parent.root["apps"]?.elements.contains {
            parent.resolved($0.string ?? "").utf8.elementsEqual(app.path.utf8)
        }
        guard listed == true else {
            throw MintError(
                .manifestInvalid, "'\(parent.path)' does not list '\(app.path)' under 'apps'",
                hint: "a parent and its app name each other")
        }
        return parent
    }

    /// Whether an app's manifest was named, which narrows another.
    package var isApp: Bool { app != nil }

    /// Every rotation, in the order of the manifest.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` also where two would change one client or write one place.
    package func rotations(in context: Context) throws(MintError) -> [RotationDefinition] {
        if let app {
            throw MintError(
                .manifestInvalid, "'\(app.path)' is an app's manifest, and has no rotations",
                hint: "name its parent: --manifest \(root.path)")
        }
        var definitions: [RotationDefinition] = []
        var owners: [String: String] = [:]
        for (name, place) in root.root["rotations"]?.members ?? [] {
            let surroundings = RotationSurroundings(name: name, folder: root.folder, context: context)
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

extension ManifestDocument {
    /// One file of a manifest: the root's, or an app's.
    init(at path: String, in machine: Machine) throws(MintError) {
        try self.init(at: path, in: machine) { root in
            Self.isApp(root) ? .object(PolicyShape.app) : Manifest.shape
        }
    }

    /// Whether this is the manifest of an app, which narrows another.
    var isApp: Bool { Self.isApp(root) }

    private static func isApp(_ root: ManifestNode) -> Bool { root.has("extends") }
}
