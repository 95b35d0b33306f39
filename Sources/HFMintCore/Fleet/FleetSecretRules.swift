/// What secrets of a fleet may refer to.
struct FleetSecretRules {
    private let root: ManifestDocument
    /// What apps may name, or nil if the root does not say it.
    private let sources: Set<SecretReference>?
    /// What the root names itself, which no app may name if there are no ``sources``.
    private let taken: Set<SecretReference>
    /// The app that names a reference first, if there are no ``sources``.
    private var namers: [SecretReference: String] = [:]
    /// What rotations of the root manifest write, by the Space in lower case.
    private let rotated: [String: [(rotation: String, secret: String)]]
    private let isLink: (String) -> Bool

    /// - Parameter isLink: returns whether a path is a symbolic link.
    init(root: ManifestDocument, isLink: @escaping (String) -> Bool) {
        self.root = root
        self.isLink = isLink
        sources = root.root["fleet"]?["sources"].map { node in
            Set(node.elements.compactMap { SecretReference($0)?.resolved(in: root.folder) })
        }
        taken = sources == nil ? Self.references(in: root) : []
        rotated = Self.rotated(by: root)
    }

    private static func rotated(by root: ManifestDocument) -> [String: [(rotation: String, secret: String)]] {
        var found: [String: [(rotation: String, secret: String)]] = [:]
        for (name, rotation) in root.root["rotations"]?.members ?? [] {
            for sink in rotation["sinks"]?.elements ?? [] where sink["kind"]?.string == "hub-space" {
                guard let space = sink["space"]?.string, let secret = sink["name"]?.string else { continue }
                found[(space.after("spaces/") ?? space).asciiLowercased, default: []].append((name, secret))
            }
        }
        return found
    }

    /// Every text in the manifest that is a reference, wherever it stands.
    private static func references(in root: ManifestDocument) -> Set<SecretReference> {
        var found: Set<SecretReference> = []
        var open = [root.root]
        while let node = open.popLast() {
            if let reference = node.string.flatMap({ SecretReference(parsing: $0) }) {
                found.insert(reference.resolved(in: root.folder))
            }
            open += node.elements + node.members.map(\.value)
        }
        return found
    }

    /// Returns what is wrong with a secret, or nil.
    ///
    /// - Parameter document: the manifest that says it: the entry's own, or the root's.
    mutating func complaint(
        about node: ManifestNode, named name: String, of entry: FleetEntry, in document: ManifestDocument
    ) -> String? {
        if let rotation = node["rotation"]?.string { return complaint(about: rotation, named: name, of: entry) }
        let writers = entry.kind == .spaces ? rotated[entry.name.asciiLowercased] ?? [] : []
        if let writer = writers.first(where: { $0.secret == name }) {
            return "is written by the rotation '\(writer.rotation)' too, which an apply would undo:"
                + " name it with 'rotation'"
        }
        guard document.isApp, let reference = node["from"].flatMap({ SecretReference($0) }) else { return nil }
        if case .command = reference { return "runs a command, which a parent alone may name" }
        if let link = link(in: reference, from: document.folder) { return "leads through a symbolic link: '\(link)'" }
        let resolved = reference.resolved(in: document.folder)
        if let sources {
            return sources.contains(resolved) ? nil : "comes from what the parent does not list in 'fleet.sources'"
        }
        let parents = entry.base?["secrets"]?[name]?["from"].flatMap { SecretReference($0) }
        if resolved == parents?.resolved(in: root.folder) { return nil }
        if taken.contains(resolved) { return "comes from what the parent uses itself: \(reference.source)" }
        switch resolved {
        case .variable(let key) where FleetSecretRules.isReserved(key.name):
            return "comes from a variable that is no app's: \(key.name)"
        case .file where !reference.isBelowItsFolder:
            return "comes from a file outside the app's folder: \(reference.source)"
        case .file where reference.isInGitsFolder:
            return "comes from a folder that git keeps for itself: \(reference.source)"
        default: break
        }
        let app = namers[resolved] ?? document.path
        namers[resolved] = app
        guard !app.utf8.elementsEqual(document.path.utf8) else { return nil }
        return "comes from what '\(app)' uses too, and the parent does not list in 'fleet.sources'"
    }

    /// Returns the first symbolic link of an app's folder that a reference leads through, or nil.
    ///
    /// Whoever may write to that folder could have a link lead to any file of the machine that reads it.
    private func link(in reference: SecretReference, from folder: String) -> String? {
        guard case .file(let text) = reference, !FilePath(text).isAbsolute else { return nil }
        var (path, depth) = (folder, 0)
        for part in text.utf8.split(separator: ASCII.slash).map({ String(Substring($0)) }) where part != "." {
            depth += part == ".." ? -1 : 1
            // What lies above is the parent's.
            guard depth >= 0 else { return nil }
            path = FilePath(part).from(path).text
            if part != "..", isLink(path) { return path }
        }
        return nil
    }

    private func complaint(about rotation: String, named name: String, of entry: FleetEntry) -> String? {
        guard root.root["rotations"]?.has(rotation) == true else {
            let names = root.root["rotations"]?.members.map(\.name) ?? []
            let near = didYouMean(rotation, among: names).map { "; \($0)" } ?? ""
            return "names no rotation of the root manifest: '\(rotation)'\(near)"
        }
        guard entry.kind == .spaces else { return "is an endpoint's, which no rotation writes: name it with 'from'" }
        let written = rotated[entry.name.asciiLowercased] ?? []
        guard !written.contains(where: { $0.rotation == rotation && $0.secret == name }) else { return nil }
        let sink = "{ kind: \"hub-space\", space: \"\(entry.name)\", name: \"\(name)\" }"
        return "is not written by '\(rotation)': add \(sink) to its sinks"
    }

    /// Returns the names of the secrets of a Space that rotations of the root manifest write.
    func rotated(in space: String) -> [String] { rotated[space.asciiLowercased]?.map(\.secret) ?? [] }

    /// Whether a variable may hold a credential of the job itself: hfmint's, the CI system's, or a cloud's.
    private static func isReserved(_ name: String) -> Bool {
        let names = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] + allProviders.flatMap(\.tokenVariables).map(\.name)
        let prefixes = ["HFMINT_"] + allProviders.flatMap { $0.reservedPrefixes + $0.credentialPrefixes }
        return names.contains(name) || prefixes.contains { name.hasStart($0) }
    }
}

extension SecretReference {
    /// The reference with the path of its file as seen from the working directory.
    fileprivate func resolved(in folder: String) -> SecretReference {
        guard case .file(let path) = self else { return self }
        return .file(FilePath(path).from(folder).normalised.text)
    }

    /// Whether it is a file that lies in the folder of its manifest, or deeper.
    fileprivate var isBelowItsFolder: Bool {
        guard case .file(let text) = self else { return false }
        let path = FilePath(text).normalised
        return !path.isAbsolute && path.text != ".." && !path.text.hasStart("../")
    }

    /// Whether it is a file of a repository's own, which may hold the credential of a checkout.
    fileprivate var isInGitsFolder: Bool {
        guard case .file(let text) = self else { return false }
        return text.utf8.split(separator: ASCII.slash).contains { $0.elementsEqual(".git".utf8) }
    }
}
