/// Makes git ask only hfmint, at the levels of git's configuration that hfmint can write.
///
/// Git reads the user's configuration, then a repository's, then a work tree's own, and last its command line and
/// variables. It joins their helpers in one list, and tells every helper each token that worked. So if a later level
/// adds a helper behind ours, or undoes ours, the entries are written at that level too.
package struct GitSetup: Sendable {
    private let configuration: GitConfiguration
    private let hosts: GitHosts
    private let context: Context

    package init(_ configuration: GitConfiguration, for authority: Authority, in context: Context) {
        self.configuration = configuration
        hosts = GitHosts(authority)
        self.context = context
    }

    /// Writes the entries at a scope, and at later ones that overrule it.
    ///
    /// - Parameter isChosen: whether the user chose this scope, so that the clone's configuration must stay as it is.
    /// - Returns: the scopes that hold the entries now, and what still keeps git from using hfmint.
    package func write(
        _ scope: GitScope, isChosen: Bool
    ) throws(MintError) -> (scopes: [GitScope], obstacles: [GitObstacle]) {
        try checkReading()
        try configuration.write(scope, in: context)
        var scopes = [scope]
        guard var found = GitFindings(asking: hosts, in: context) else { return (scopes, []) }
        if found.isOverruled(at: scope, hosts.origins) {
            // A file that is included behind our sections overrules them.
            try configuration.write(scope, evenIfLast: true, in: context)
            found = GitFindings(asking: hosts, in: context) ?? found
        }
        for later in scope.later(isChosen: isChosen) where found.isOverruled(at: later, hosts.origins) {
            try configuration.write(later, evenIfLast: true, in: context)
            scopes.append(later)
            found = GitFindings(asking: hosts, in: context) ?? found
        }
        return (scopes, obstacles(found))
    }

    /// Returns what keeps git from using hfmint if `variables` are in its environment.
    package func obstacles(with variables: [GitConfiguration.Entry]) -> [GitObstacle] {
        GitFindings(asking: hosts, with: variables, in: context).map { obstacles($0) } ?? []
    }

    /// Removes what ``write(_:isChosen:)`` wrote.
    package func remove(_ scope: GitScope, isChosen: Bool) throws(MintError) {
        try checkReading()
        for scope in [scope] + scope.later(isChosen: isChosen) { try configuration.remove(scope, in: context) }
    }

    /// Refuses a configuration at which git would hang or fail, before any git is started.
    private func checkReading() throws(MintError) {
        guard let obstacle = GitConfigurationFile.obstacle(in: context), obstacle.isFatal else { return }
        throw MintError(.stateUnusable, obstacle.message, hint: obstacle.next)
    }

    private func obstacles(_ found: GitFindings) -> [GitObstacle] {
        (found.obstacle.map { [$0] } ?? []) + found.helperObstacles(hosts.origins)
            + found.headerObstacles(hosts.origins) + found.loginObstacles
    }
}

extension GitScope {
    /// Returns the scopes that git reads later, in the clone of this directory.
    ///
    /// A work tree's own configuration belongs to the work tree, so `--local` means both.
    fileprivate func later(isChosen: Bool) -> [GitScope] {
        switch self {
        case .global: isChosen ? [] : [.local, .worktree]
        case .local: [.worktree]
        case .worktree: []
        }
    }

    /// The name that `git config --show-scope` prints.
    fileprivate var name: String {
        switch self {
        case .global: "global"
        case .local: "local"
        case .worktree: "worktree"
        }
    }
}

extension GitFindings {
    /// Whether a setting of this scope adds a helper, makes git forget ours, or makes git leave out the repository.
    fileprivate func isOverruled(at scope: GitScope, _ origins: [String]) -> Bool {
        origins.contains { origin in
            let others = helpers(for: origin).filter { !$0.isHFMint }
            let overruling = [resettingHelper(for: origin), settingHidingPath(for: origin)].compactMap(\.self)
            return (others + overruling).contains { $0.scope.utf8.elementsEqual(scope.name.utf8) }
        }
    }
}
