/// Reads the fleet of a root manifest and of its apps, whose shapes are checked, and finds the mistakes that shapes
/// cannot express.
///
/// An app inherits what the root says of a resource of the same name, and its own members win, apart from `owner`,
/// `visibility` and `protect`, which it can only narrow. Variables and secrets are inherited one by one; what either
/// says under `after` and `ignore` holds. An app has no Space that no role of its parent may write, mounts nothing
/// that none of them opens, and has no Space or endpoint of another app.
struct FleetInheritance {
    private let root: ManifestDocument
    private let apps: [ManifestDocument]
    private let roles: [Role]
    private let isWhole: Bool
    private var rules: FleetSecretRules
    /// Everything that is declared in the manifests that were read: `spaces/acme/chat`.
    private var known: Set<String> = []
    /// The resources of apps, in lower case, and the path of the app that has each.
    private var takers: [String: String] = [:]
    private var issues: [(file: String, issue: ManifestIssue)] = []

    /// Returns the fleet of `root` and all of its apps, or, if the user named an app, that app's alone.
    ///
    /// - Parameters:
    ///   - isWhole: whether `apps` are all that the root lists.
    ///   - roles: the root's, which say what apps may name.
    ///   - isLink: returns whether a path is a symbolic link.
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake.
    static func definition(
        of root: ManifestDocument, and apps: [ManifestDocument], isWhole: Bool, roles: [Role], digest: String,
        isLink: @escaping (String) -> Bool
    ) throws(MintError) -> FleetDefinition {
        var reader = FleetInheritance(root: root, apps: apps, isWhole: isWhole, roles: roles, isLink: isLink)
        reader.checkParent()
        let (ofSpaces, ofEndpoints) = (reader.resources(.spaces), reader.resources(.endpoints))
        let spaces = ofSpaces.map { reader.space($0) }
        let endpoints = ofEndpoints.map { reader.endpoint($0) }
        try reader.refuse()
        let fleet = root.root["fleet"]
        func reference(_ name: String) -> SecretReference? {
            fleet?["credentials"]?[name].flatMap { SecretReference($0) }
        }
        guard let url = HTTPURL(fleet?["endpointsUrl"]?.string ?? FleetDefinition.publicEndpointsURL) else {
            throw MintError(.manifestInvalid, "'\(root.path)' lacks a usable 'fleet.endpointsUrl'")
        }
        return FleetDefinition(
            organization: root.root["organization"]?.string, spaces: spaces, endpoints: endpoints,
            read: reference("read"), apply: reference("apply"), admin: reference("admin"),
            key: fleet?["key"].flatMap { SecretReference($0) }, folder: root.folder,
            maxUnavailable: fleet?["maxUnavailable"]?.integer ?? 1, settle: fleet?.duration("settle") ?? 20,
            window: fleet?["window"].flatMap { FleetWindow($0) }, maxDeletes: fleet?["maxDeletes"]?.integer ?? 10,
            endpointsURL: url, digest: digest)
    }

    private init(
        root: ManifestDocument, apps: [ManifestDocument], isWhole: Bool, roles: [Role],
        isLink: @escaping (String) -> Bool
    ) {
        self.root = root
        self.apps = apps
        self.isWhole = isWhole
        self.roles = roles
        rules = FleetSecretRules(root: root, isLink: isLink)
    }

    private mutating func complain(
        _ complaint: @autoclosure () -> String, _ path: String, _ node: ManifestNode, in document: ManifestDocument
    ) {
        guard issues.count < 100 else { return }
        issues.append((document.path, document.issue(complaint(), path, node)))
    }

    private func refuse() throws(MintError) {
        guard let first = issues.first else { return }
        let count = "\(issues.count) \(issues.count == 1 ? "mistake" : "mistakes")"
        let isOne = issues.allSatisfy { $0.file.utf8.elementsEqual(first.file.utf8) }
        throw MintError(
            .manifestInvalid,
            isOne ? "'\(first.file)' has \(count)" : "'\(root.path)' and its apps have \(count)",
            details: issues.map { isOne ? $0.issue.sentence : "\($0.file): \($0.issue.sentence)" },
            hint: "an app only narrows what its parent says; `hfmint manifest schema` prints what a manifest may say")
    }

    /// Complains about apps with a fleet whose parent has none.
    private mutating func checkParent() {
        guard !root.root.has("fleet") else { return }
        for app in apps {
            guard let fleet = app.root["fleet"] else { continue }
            complain(
                "needs a 'fleet' in the parent, which says by what it is read and written", "fleet", fleet, in: app)
        }
    }

    // MARK: what there is

    /// Returns each resource with what its parent says of it: the root's, unless an app was named, then the apps'.
    private mutating func resources(_ kind: FleetEntry.Kind) -> [FleetEntry] {
        let ofRoot = root.root["fleet"]?[kind.rawValue]?.members ?? []
        var bases: [String: (name: String, node: ManifestNode)] = [:]
        for (name, node) in ofRoot {
            known.insert("\(kind.rawValue)/\(name)")
            if let other = bases.updateValue((name, node), forKey: name.asciiLowercased) {
                complain(
                    "is '\(other.name)' in other letters, and the Hub has one of the two alone",
                    "fleet.\(kind.rawValue).\(name)", node, in: root)
            }
        }
        var inherited: Set<String> = []
        var ofApps: [FleetEntry] = []
        for app in apps {
            for (name, node) in app.root["fleet"]?[kind.rawValue]?.members ?? [] {
                let base = bases[name.asciiLowercased]
                let entry = FleetEntry(
                    kind: kind, name: name, node: node, document: app, base: base?.node, root: root)
                known.insert(entry.resource)
                inherited.insert(name.asciiLowercased)
                claim(entry, parentSpelling: base?.name)
                ofApps.append(entry)
            }
        }
        guard isWhole else { return ofApps }
        let rest = ofRoot.filter { !inherited.contains($0.name.asciiLowercased) }
        return rest.map { name, node in
            FleetEntry(kind: kind, name: name, node: node, document: root, base: nil, root: root)
        } + ofApps
    }

    /// Notes that an app has a resource, or why it may not.
    private mutating func claim(_ entry: FleetEntry, parentSpelling: String?) {
        if let parentSpelling, parentSpelling != entry.name {
            complain(
                "is '\(parentSpelling)' in the parent, and the Hub tells no letters apart by their case", of: entry)
        }
        if let other = takers.updateValue(entry.document.path, forKey: entry.resource.asciiLowercased) {
            complain("belongs to another app already: '\(other)'", of: entry)
        }
        let space = Resource(space: entry.name)
        switch entry.kind {
        case .spaces where !roles.contains(where: { $0.covers(space) }):
            complain("is a Space that no role of the parent covers: '\(entry.resource)'", of: entry)
        case .spaces where !mayWrite(space):
            complain("is a Space that the parent's roles only read: '\(entry.resource)'", of: entry)
        case .endpoints where parentSpelling == nil:
            complain(
                "is an endpoint that the parent does not name: write '\(entry.name)': {} under its 'fleet.endpoints'",
                of: entry)
        default: break
        }
    }

    private func mayWrite(_ resource: Resource) -> Bool { roles.contains { $0.covers(resource) && $0.access > .read } }

    // MARK: one of them

    private mutating func space(_ entry: FleetEntry) -> SpaceDefinition {
        let variables = variables(of: entry, under: "variables")
        checkVolumes(of: entry)
        let visibility = entry.values("visibility").compactMap { $0.string.flatMap(Visibility.init(rawValue:)) }
        if let own = visibility.first, let most = visibility.last, own > most {
            complain("is more than the parent's: \(most.rawValue)", "visibility", of: entry)
        }
        return SpaceDefinition(
            resource: Resource(space: entry.name), owner: owner(of: entry), app: entry.app, place: entry.place,
            after: after(entry), wave: entry["wave"]?.integer ?? 0, hardware: entry["hardware"]?.string,
            sleep: entry["sleep"]?.string.flatMap { Sleep(parsing: $0) }, visibility: visibility.first,
            variables: variables, secrets: secrets(of: entry, beside: variables, under: "variables"),
            volumes: entry["volumes"]?.elements.compactMap { Volume($0) }, health: entry.health,
            isProtected: isProtected(entry), ignored: ignored(entry))
    }

    /// Complains about what an app mounts that neither a role of the parent opens nor the parent mounts there itself.
    private mutating func checkVolumes(of entry: FleetEntry) {
        guard entry.document.isApp, let own = entry.node["volumes"]?.elements else { return }
        let inherited = (entry.base?["volumes"]?.elements ?? []).compactMap { Volume($0) }
        for (index, node) in own.enumerated() {
            guard let volume = Volume(node), let kind = Resource.Kind(rawValue: volume.type) else { continue }
            let named = Resource(space: volume.source)
            let source = Resource(kind: kind, namespace: named.namespace, name: named.name)
            let isInherited = inherited.contains { $0.isSource(of: volume) && (volume.isReadOnly || !$0.isReadOnly) }
            let isOpen = volume.isReadOnly ? roles.contains { $0.covers(source) } : mayWrite(source)
            guard !isInherited, !isOpen else { continue }
            complain(
                "mounts what no role of the parent opens: '\(source.canonical)'", "\(entry.path).volumes[\(index)]",
                node, in: entry.document)
        }
    }

    private mutating func endpoint(_ entry: FleetEntry) -> EndpointDefinition {
        let environment = variables(of: entry, under: "env")
        let scaling = entry["scaling"]
        let name = Resource(space: entry.name)
        return EndpointDefinition(
            namespace: name.namespace, name: name.name, owner: owner(of: entry), app: entry.app, place: entry.place,
            after: after(entry), wave: entry["wave"]?.integer ?? 0, environment: environment,
            secrets: secrets(of: entry, beside: environment, under: "env"),
            minReplica: scaling?["min"]?.integer, maxReplica: scaling?["max"]?.integer,
            scaleToZeroMinutes: scaling?.duration("scaleToZero").map { $0 / 60 },
            revision: entry["revision"]?.string, health: entry.health, isProtected: isProtected(entry),
            ignored: ignored(entry))
    }

    /// Complains about a member of the entry's own.
    private mutating func complain(
        _ complaint: @autoclosure () -> String, _ member: String? = nil, of entry: FleetEntry
    ) {
        let path = member.map { "\(entry.path).\($0)" } ?? entry.path
        complain(complaint(), path, member.flatMap { entry.node[$0] } ?? entry.node, in: entry.document)
    }

    private mutating func owner(of entry: FleetEntry) -> String? {
        let owners = entry.values("owner").compactMap(\.string)
        if let own = owners.first, let parents = owners.last, !own.utf8.elementsEqual(parents.utf8) {
            complain("is not the parent's: '\(parents)'", "owner", of: entry)
        }
        return owners.last ?? [entry.document, root].compactMap { $0.root["fleet"]?["owner"]?.string }.first
    }

    private mutating func isProtected(_ entry: FleetEntry) -> Bool {
        let values = entry.values("protect").compactMap(\.bool)
        if values == [false, true] { complain("cannot be false: the parent protects it", "protect", of: entry) }
        return values.contains(true)
    }

    private mutating func ignored(_ entry: FleetEntry) -> [String] {
        for path in entry.node["ignore"]?.elements.compactMap(\.string) ?? [] {
            let parts = path.utf8.split(separator: ASCII.dot, maxSplits: 1).map { String(Substring($0)) }
            guard let base = entry.base?[parts[0]], parts.count == 1 || base.has(parts[1]) else { continue }
            complain("leaves out what the parent sets: '\(path)'", "ignore", of: entry)
        }
        return entry.elements("ignore").compactMap { $0.node.string }
    }

    /// Returns what must be healthy before, with its kind in front.
    private mutating func after(_ entry: FleetEntry) -> [String] {
        var resources: [String] = []
        for (node, document) in entry.elements("after") {
            guard let name = node.string else { continue }
            let isKindSaid = FleetEntry.Kind.allCases.contains { name.hasStart("\($0.rawValue)/") }
            let meant = isKindSaid ? [name] : FleetEntry.Kind.allCases.map { "\($0.rawValue)/\(name)" }
            let found = meant.filter(known.contains)
            let path = "\(entry.path).after"
            if found.count > 1 {
                complain("means two, and must name one: \(listed(found))", path, node, in: document)
            } else if found.isEmpty, isWhole {
                let near = nearest(to: meant[0])
                complain("names nothing of this fleet: '\(name)'\(near)", path, node, in: document)
            } else if found.first == entry.resource {
                complain("names the \(entry.kind.noun) itself", path, node, in: document)
            }
            let resource = found.first ?? meant[0]
            if !resources.contains(resource) { resources.append(resource) }
        }
        return resources
    }

    private func nearest(to resource: String) -> String {
        didYouMean(resource, among: known.sorted()).map { "; \($0)" } ?? ""
    }

    private func variables(of entry: FleetEntry, under key: String) -> [Entry] {
        entry.members(key).compactMap { member in
            member.node.string.map { Entry(name: member.name, value: $0) }
        }
    }

    private mutating func secrets(
        of entry: FleetEntry, beside variables: [Entry], under key: String
    ) -> [SecretDefinition] {
        let names = Set(variables.map(\.name))
        return entry.members("secrets").compactMap { name, node, document in
            let path = "\(entry.path).secrets.\(name)"
            if names.contains(name) {
                complain("is a name of '\(key)' too, and can be one of the two", path, node, in: document)
            }
            if let complaint = rules.complaint(about: node, named: name, of: entry, in: document) {
                complain(complaint, path, node, in: document)
            }
            return SecretDefinition(name, node, folder: document.folder)
        }
    }
}
