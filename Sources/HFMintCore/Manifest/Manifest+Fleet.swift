extension Manifest {
    /// Returns the Spaces and endpoints of the root and all of its apps; if the user named an app, that app's alone.
    ///
    /// - Returns: nil if no manifest that was read has the key `fleet`.
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake in any of them, also where an app is more than
    ///   its parent; ``MintError/Code/libraryMissing``.
    package func fleet(in machine: Machine) throws(MintError) -> FleetDefinition? {
        var apps = [app].compactMap(\.self)
        if app == nil {
            try eachApp(in: machine) { app throws(MintError) in apps.append(app) }
        }
        guard apps.contains(where: { $0.root.has("fleet") }) || app == nil && root.root.has("fleet") else { return nil }
        let roles = try PolicyReader.policy(of: root, digest: "").roles
        var read: [UInt8] = []
        for document in [root] + apps {
            // The length comes first, so that no two lists of manifests are the same bytes.
            read += bigEndianBytes(UInt64(document.root.text.bytes.count)) + document.root.text.bytes
        }
        return try FleetInheritance.definition(
            of: root, and: apps, isWhole: app == nil, roles: roles,
            digest: try machine.digests.sha256(read.span).hexadecimal, isLink: { machine.files.isLink($0) })
    }
}
