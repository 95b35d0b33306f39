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
        var broken: [MintError] = []
        for node in root.root["apps"]?.elements ?? [] {
            do throws(MintError) {
                policies.append(try appPolicy(at: root.resolved(node.string ?? ""), below: policy, in: machine))
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
        return AccessGraph(policies: policies)
    }

    private func appPolicy(at path: String, below parent: Policy, in machine: Machine) throws(MintError) -> Policy {
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
        return try Self.policy(ofApp: document, below: parent)
    }
}
