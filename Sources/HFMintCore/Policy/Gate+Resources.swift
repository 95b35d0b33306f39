/// What a job asks for that names no resource itself.
extension Gate {
    /// What the role names one by one, also where it is the only role; `exchange`, `run` and `doctor` ask for that.
    ///
    /// Without a role, a variable that names a resource comes first.
    package func resourcesOfRole(in environment: Environment) throws(MintError) -> [Resource] {
        if let role { return try policy.requiredRole(role).literalResources }
        let isOnly = policy.roles.count == 1 && environment.namedResource == nil
        return isOnly ? policy.roles[0].literalResources : []
    }

    /// What git means when it names no repository: the one resource of the role, else of the only grant's role.
    ///
    /// Git asks with variables and a work tree behind this, so several resources are no error here.
    package func resourceForGit() throws(MintError) -> Resource? {
        let grants = policy.grants
        let name = role ?? (grants.count == 1 ? grants[0].role : nil)
        let resources = try name.map { name throws(MintError) in try policy.requiredRole(name).literalResources } ?? []
        return resources.count == 1 ? resources[0] : nil
    }

    /// What to type where neither the command line, nor a variable, nor a role names a resource.
    package var resourceHint: String {
        if let role { return "the role '\(role)' names none by its full name: name the one that it covers" }
        let names = policy.roles.map(\.name).prefix(20).joined(separator: ", ")
        return names.isEmpty ? "'\(policy.manifest)' has no roles" : "name a resource, or a role: --role \(names)"
    }
}

extension Environment {
    /// What a token is for, as a variable says it, and which variable that is.
    package var namedResource: (text: String, key: Key)? {
        for key in [Key.hfmintResource, .hfOIDCResource] {
            if let text = self[key] { return (text, key) }
        }
        return nil
    }
}
