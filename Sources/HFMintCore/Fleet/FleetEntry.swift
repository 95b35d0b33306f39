/// What a manifest says of one Space or endpoint, and what its parent says of the same.
struct FleetEntry {
    enum Kind: String, CaseIterable {
        case spaces, endpoints

        var noun: String { self == .spaces ? "Space" : "endpoint" }
    }

    let kind: Kind
    /// `acme/chat`.
    let name: String
    /// What ``document`` says, an app's manifest or the root's.
    let node: ManifestNode
    let document: ManifestDocument
    /// What the root says, if it is an app's.
    let base: ManifestNode?
    let root: ManifestDocument

    var resource: String { "\(kind.rawValue)/\(name)" }

    /// `fleet.spaces.acme/chat`.
    var path: String { "fleet.\(kind.rawValue).\(name)" }

    var place: ManifestPlace { document.place(path, node) }

    /// The path of the manifest from the root's folder.
    var app: String { FilePath(document.path).relative(to: root.folder) }

    /// The member of the entry's own, else the parent's.
    subscript(name: String) -> ManifestNode? { node[name] ?? base?[name] }

    /// The entry's own member and the parent's, as far as they are there.
    func values(_ name: String) -> [ManifestNode] { [node[name], base?[name]].compactMap(\.self) }

    /// The elements of a list of the parent's, then those of the entry's own.
    func elements(_ name: String) -> [(node: ManifestNode, document: ManifestDocument)] {
        let (inherited, own) = (base?[name]?.elements ?? [], node[name]?.elements ?? [])
        return inherited.map { ($0, root) } + own.map { ($0, document) }
    }

    /// The members of a map of the parent's, each replaced by the entry's own of that name, then the others of its own.
    func members(_ key: String) -> [(name: String, node: ManifestNode, document: ManifestDocument)] {
        let own = node[key]
        let inherited = base?[key]?.members.filter { own?.has($0.name) != true } ?? []
        return inherited.map { ($0.name, $0.value, root) } + (own?.members ?? []).map { ($0.name, $0.value, document) }
    }

    var health: Health {
        let nodes = values("health")
        let standard = Health()
        return Health(
            timeout: nodes.compactMap { $0.duration("timeout") }.first ?? standard.timeout,
            url: nodes.compactMap { $0["url"]?.string.flatMap { HTTPURL($0) } }.first)
    }
}
