extension Manifest {
    /// Returns the roles and grants of the manifest that the user named.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake.
    package func policy() throws(MintError) -> Policy {
        let digest = fingerprint([Array(root.path.utf8), root.root.text.bytes])
        let wide = try PolicyReader.policy(of: root, digest: digest)
        return try app.map { app throws(MintError) in try Self.policy(ofApp: app, below: wide) } ?? wide
    }

    private static func policy(ofApp app: ManifestDocument, below parent: Policy) throws(MintError) -> Policy {
        let parts = [Array(parent.digest.utf8), Array(app.path.utf8), app.root.text.bytes]
        return try PolicyReader.policy(of: app, below: parent, digest: fingerprint(parts))
    }

    /// Reads the manifests of all apps, and checks each against this one.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake in any of them.
    package func accessGraph(in machine: Machine) throws(MintError) -> AccessGraph {
        let policy = try policy()
        guard app == nil else { return AccessGraph(policies: [policy]) }
        var policies = [policy]
        try eachApp(in: machine) { app throws(MintError) in
            policies.append(try Self.policy(ofApp: app, below: policy))
        }
        return AccessGraph(policies: policies)
    }

    /// Reads the manifest of each app that the root lists, and gives it to `use`.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with what was wrong in any of them.
    func eachApp(
        in machine: Machine, _ use: (ManifestDocument) throws(MintError) -> Void
    ) throws(MintError) {
        var broken: [MintError] = []
        for node in root.root["apps"]?.elements ?? [] {
            do throws(MintError) {
                try use(try appDocument(at: root.resolved(node.string ?? ""), in: machine))
            } catch {
                broken.append(error)
            }
        }
        guard broken.isEmpty else {
            throw MintError(
                .manifestInvalid,
                "'\(root.path)' has \(broken.count) \(broken.count == 1 ? "app" : "apps") that cannot be used",
                details: Array(broken.flatMap { [$0.message] + $0.facts.map { "  \($0)" } }.prefix(100)),
                hint: broken[0].hint)
        }
    }

    private func appDocument(at path: String, in machine: Machine) throws(MintError) -> ManifestDocument {
        let document = try ManifestDocument(at: path, in: machine)
        guard let extends = document.root["extends"]?.string else {
            throw MintError(
                .manifestInvalid, "'\(document.path)' is listed under 'apps', and does not say 'extends'",
                hint: "a parent and its app name each other")
        }
        guard document.resolved(extends).utf8.elementsEqual(root.path.utf8) else {
            throw MintError(
                .manifestInvalid, "'\(document.path)' extends another manifest: '\(document.resolved(extends))'",
                hint: "a parent and its app name each other")
        }
        return document
    }
}
