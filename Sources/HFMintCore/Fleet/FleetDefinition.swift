/// What the manifest and its apps declare of Spaces and Inference Endpoints.
///
/// This room compares what is declared with what is at the Hub, plans the difference, and applies a plan in order.
/// ``FleetShape`` says what a manifest may hold, and ``FleetInheritance`` reads it: an app inherits what its parent
/// says of a resource, and only narrows. What is absent is not managed.
///
/// ```swift
/// let manifest = try Manifest(at: "hfmint.json5", in: context.machine)
/// let fleet = try manifest.fleet(in: context.machine)
/// ```
package struct FleetDefinition: Equatable, Sendable {
    /// The organization on the Hub, for messages.
    package let organization: String?
    /// The Spaces of the root and of the apps that were read, in the order of the manifests.
    package internal(set) var spaces: [SpaceDefinition]
    package internal(set) var endpoints: [EndpointDefinition]
    /// The credential that reads; nil where the caller's own is taken.
    package let read: SecretReference?
    /// The credential that writes.
    package let apply: SecretReference?
    /// An administrator's credential, by which a Space that is gone is told from one that others may not see.
    package let admin: SecretReference?
    /// The key of marks, 32 bytes or more; nil if only a secret's `version` is compared.
    package var key: SecretReference?
    /// The folder of the root manifest, from which relative paths of these references start.
    package let folder: String
    /// How many Spaces and endpoints may be away at once.
    package let maxUnavailable: Int
    /// How long after a write nothing but an intermediate stage counts, in seconds.
    package let settle: Int
    /// When changes may begin, or nil for always.
    package let window: FleetWindow?
    /// The most that one `--prune` may delete.
    package let maxDeletes: Int
    /// Where the API of Inference Endpoints is.
    package let endpointsURL: HTTPURL
    /// The SHA-256 of the manifests that were read, in hexadecimal.
    package let digest: String

    package static let publicEndpointsURL = "https://api.endpoints.huggingface.cloud"

    /// Checks that changes may begin now.
    ///
    /// - Throws: ``MintError/Code/serviceUnavailable`` outside the window, with the moment at which it opens.
    package func checkWindow(at now: Timestamp) throws(MintError) {
        guard let window, !window.isOpen(at: now) else { return }
        throw MintError(
            .serviceUnavailable, "changes are outside the fleet's window",
            hint: "it opens at \(window.nextOpening(after: now).rfc3339)")
    }
}

extension FleetDefinition {
    /// The Spaces, then the endpoints.
    package var resources: [any DeclaredResource] {
        (spaces as [any DeclaredResource]) + (endpoints as [any DeclaredResource])
    }
}

/// A Space or an endpoint as the manifest wants it; what is nil is not managed.
package protocol DeclaredResource: Sendable {
    /// What plans and messages call it: `spaces/acme/chat`, `endpoints/acme/scorer`.
    var canonical: String { get }
    /// Who answers for it.
    var owner: String? { get }
    /// The path of the app's manifest from the root's folder, which is the same on every machine; of a resource of the
    /// root, the name of the root manifest.
    var app: String { get }
    /// The place of the entry in the manifest of ``app``.
    var place: ManifestPlace { get }
    /// What must be healthy before. If the user named an app, some of it may not be in the definition.
    var after: [String] { get }
    /// The same, and the Spaces whose files it mounts.
    var predecessors: [String] { get }
    var wave: Int { get }
    var secrets: [SecretDefinition] { get }
    /// What is neither compared nor sent: `hardware`, `variables.LEVEL`.
    var ignored: [String] { get }
}

extension DeclaredResource {
    /// Whether `path`, such as `variables.LEVEL`, is neither compared nor sent.
    func ignores(_ path: String) -> Bool { ignored.contains { path.isPath(at: $0) } }

    /// The secrets that may be sent: all but those that are ignored.
    var writtenSecrets: [SecretDefinition] { secrets.filter { !ignores("secrets.\($0.name)") } }
}

extension String {
    /// Whether this is the path of a setting, or of a member of it.
    func isPath(at setting: String) -> Bool { self == setting || hasStart(setting + ".") }
}

/// When changes of a fleet may begin: from each moment of a cron expression, for a while.
package struct FleetWindow: Equatable, Sendable {
    package let opens: CronExpression
    /// In seconds.
    package let length: Int

    package func isOpen(at now: Timestamp) -> Bool { opens.latest(until: now, after: now + -length) != nil }

    /// Returns the moment at which it opens next.
    package func nextOpening(after now: Timestamp) -> Timestamp { opens.next(after: now) }
}

/// A name with its value, which is not secret.
package struct Entry: Equatable, Sendable {
    package let name: String
    package let value: String
}

/// A secret that a Space or an endpoint must have, and where its value comes from.
package struct SecretDefinition: Equatable, Sendable {
    package let name: String
    package let origin: Origin
    /// What the user counts up to have the secret written anew.
    package var version: String?
    /// Whether `fleet apply --release` rotates it first.
    package var rotatesOnRelease = false

    package enum Origin: Equatable, Sendable {
        /// - Parameter folder: of the manifest that names the reference, where its relative path starts.
        case reference(SecretReference, folder: String)
        /// The rotation of the root manifest that writes it.
        case rotation(String)
    }
}

extension FleetWindow {
    init?(_ node: ManifestNode) {
        guard let cron = node["cron"]?.string, let opens = try? CronExpression(parsing: cron),
            let length = node.duration("window")
        else { return nil }
        self.init(opens: opens, length: length)
    }
}

extension SecretDefinition {
    /// - Parameter folder: of the manifest in which `node` stands.
    init?(_ name: String, _ node: ManifestNode, folder: String) {
        let origin: Origin
        if let reference = node["from"].flatMap({ SecretReference($0) }) {
            origin = .reference(reference, folder: folder)
        } else if let rotation = node["rotation"]?.string {
            origin = .rotation(rotation)
        } else {
            return nil
        }
        self.init(
            name: name, origin: origin, version: node["version"]?.string, rotatesOnRelease: node.has("rotate"))
    }
}
