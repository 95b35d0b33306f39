/// The manifest: who may take which role, and which client secrets are rotated.
///
/// This room puts the file of settings together from the shapes that the rooms below declare: roles and grants, the
/// audit log, rotations, the decision point, and the fleet. `Manifest.swift` reads a file, and its parent first if it
/// is an app's. `Manifest+Policy.swift` makes the policy and the access graph of it, `Manifest+Fleet.swift` the fleet,
/// and `Manifest+Schema.swift` prints the JSON Schema. hfmint reads a manifest only if the user names it, never looks
/// for one, and never writes one.
///
/// ```swift
/// let manifest = try Manifest(at: "hfmint.json5", in: context.machine)
/// let policy = try manifest.policy()
/// let definitions = try manifest.rotations(in: context)
/// ```
package struct Manifest: Sendable {
    /// The path as the user wrote it.
    package let path: String
    /// The organization on the Hub, for messages.
    package let organization: String?
    /// Where grants are recorded; the parent of an app says it for both.
    package let audit: AuditDefinition?
    /// What a web server is answered for; the parent of an app says it for both.
    package let serve: ServeDefinition?
    let root: ManifestDocument
    /// The manifest of the app, or nil if the user named the root manifest.
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
                .optional("serve", .object(ServeShape.shape), "how requests to the Hub are decided for a web server"),
                .optional("fleet", .object(FleetShape.root), "Spaces and endpoints, and what is set there"),
            ]))

    /// What an app's manifest may hold.
    static let appShape = Shape.object(
        ObjectShape(
            PolicyShape.app.fields + [
                .optional("fleet", .object(FleetShape.app), "the app's Spaces and endpoints, as its parent allows")
            ]))

    /// Reads and checks the manifest at `path`, and its parent too if it is an app's.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake in it.
    package init(at path: String, in machine: Machine) throws(MintError) {
        let named = try ManifestDocument(at: path, in: machine)
        let root = named.isApp ? try Self.parent(of: named, in: machine) : named
        self.path = path
        self.root = root
        app = named.isApp ? named : nil
        organization = root.root["organization"]?.string
        audit = root.root["audit"].map { AuditDefinition($0, folder: root.folder) }
        serve = root.root["serve"].flatMap { ServeDefinition($0, in: root) }
    }

    /// Reads the parent of an app's manifest, which must name the app: a file cannot make itself an app.
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

    /// Whether the user named an app's manifest, which narrows its parent.
    package var isApp: Bool { app != nil }

    /// The path of the parent that an app's manifest names; nil for a root manifest.
    package var parentPath: String? { app == nil ? nil : root.path }

    /// Returns every rotation, in the order of the manifest.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid``, also if two rotations would change one client or write one sink.
    package func rotations(in context: Context) throws(MintError) -> [RotationDefinition] {
        if let app {
            throw MintError(
                .manifestInvalid, "'\(app.path)' is an app's manifest, and has no rotations",
                hint: "name its parent: --manifest \(root.path)")
        }
        var definitions: [RotationDefinition] = []
        var owners: [String: String] = [:]
        for (name, node) in root.root["rotations"]?.members ?? [] {
            let surroundings = RotationSurroundings(name: name, manifest: root.path, context: context)
            let definition = try RotationDefinition(node, surroundings)
            for target in [definition.issuer.target] + definition.sinks.map(\.target) {
                if let owner = owners.updateValue(name, forKey: target) {
                    throw MintError(
                        .manifestInvalid, "'rotations.\(owner)' and 'rotations.\(name)' both change \(target)",
                        hint: "one secret belongs to one rotation")
                }
            }
            try checkTickets(definition, in: context)
            definitions.append(definition)
        }
        return definitions
    }

    /// Throws if a rotation would drop a key of tickets before the last ticket that it has signed expires.
    private func checkTickets(_ definition: RotationDefinition, in context: Context) throws(MintError) {
        guard let serve, let tickets = serve.tickets, definition.issuer.succession.overlaps else { return }
        let folder = FilePath(serve.folder).from(context.files.workingDirectory).text
        let files = tickets.keys.compactMap { key in
            if case .file(let path) = key { FileSink.target(FilePath(path).from(folder).normalised.text) } else { nil }
        }
        guard definition.sinks.contains(where: { files.contains($0.target) }),
            definition.overlap < tickets.lifetime.count
        else { return }
        throw MintError(
            .manifestInvalid,
            "'rotations.\(definition.name)' drops an old key after \(inWords(seconds: definition.overlap)), and tickets that"
                + " it signed live for \(inWords(seconds: tickets.lifetime.count))",
            hint: "make its 'overlap' longer than serve.tickets.lifetime")
    }
}

extension ManifestDocument {
    /// Reads one file of a manifest: the root's, or an app's.
    init(at path: String, in machine: Machine) throws(MintError) {
        try self.init(at: path, in: machine) { root in
            Self.isApp(root) ? Manifest.appShape : Manifest.shape
        }
    }
}
