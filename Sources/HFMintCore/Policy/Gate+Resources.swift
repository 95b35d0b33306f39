/// The resources of a job that names none itself.
extension Gate {
    /// Returns the resources that the requested role, or the only one, names one by one; for `exchange`, `run` and
    /// `doctor`.
    ///
    /// Returns none if no role was requested and a variable names a resource.
    package func resourcesOfRole(in environment: Environment) throws(MintError) -> [Resource] {
        if let role { return try policy.requiredRole(role).literalResources }
        let isOnly = policy.roles.count == 1 && environment.namedResource == nil
        return isOnly ? policy.roles[0].literalResources : []
    }

    /// Returns the one resource of the requested role, or of the only grant's role, for a git that names no repository.
    ///
    /// Returns nil for several resources; a variable or the work tree may still say which one is meant.
    package func resourceForGit() throws(MintError) -> Resource? {
        let grants = policy.grants
        let name = role ?? (grants.count == 1 ? grants[0].role : nil)
        let resources = try name.map { name throws(MintError) in try policy.requiredRole(name).literalResources } ?? []
        return resources.count == 1 ? resources[0] : nil
    }

    /// What to type if neither the command line, nor a variable, nor a role names a resource.
    package var resourceHint: String {
        if let role { return "the role '\(role)' names none by its full name: name the one that it covers" }
        let names = listed(policy.roles.map(\.name))
        return names.isEmpty ? "'\(policy.manifest)' has no roles" : "name a resource, or a role: --role \(names)"
    }
}

extension Environment {
    /// The resource's name from a variable, and that variable.
    package var namedResource: (text: String, key: Key)? {
        for key in [Key.hfmintResource, .hfOIDCResource] {
            if let text = self[key] { return (text, key) }
        }
        return nil
    }
}
