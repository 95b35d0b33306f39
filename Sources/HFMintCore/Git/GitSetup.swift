/// Has git ask hfmint, and nobody else, as far as the levels of git's configuration can be reached from here.
///
/// Git reads the user's configuration, then a repository's, then a work tree's own, and last its command line and
/// variables. It makes one list of helpers of all of them, and tells each of them every token that worked. So where a
/// later level adds a helper behind ours, or takes something away from it, the list is set anew at that level too.
package struct GitSetup: Sendable {
    private let configuration: GitConfiguration
    private let hosts: GitHosts
    private let context: Context

    package init(_ configuration: GitConfiguration, for authority: Authority, in context: Context) {
        self.configuration = configuration
        hosts = GitHosts(authority)
        self.context = context
    }

    /// - Parameter isChosen: whether a person named this scope, and the clone's configuration is not to be touched.
    /// - Returns: the scopes that hold the entries now, and what keeps git from using hfmint all the same.
    package func write(
        _ scope: GitScope, isChosen: Bool
    ) throws(MintError) -> (scopes: [GitScope], obstacles: [GitObstacle]) {
        try checkReading()
        try configuration.write(scope, in: context)
        var scopes = [scope]
        guard var found = GitFindings(asking: hosts, in: context) else { return (scopes, []) }
        if found.isOverruled(at: scope, hosts.origins) {
            // They come from a file that is included behind our sections.
            try configuration.write(scope, anew: true, in: context)
            found = GitFindings(asking: hosts, in: context) ?? found
        }
        for later in scope.later(isChosen: isChosen) where found.isOverruled(at: later, hosts.origins) {
            try configuration.write(later, anew: true, in: context)
            scopes.append(later)
            found = GitFindings(asking: hosts, in: context) ?? found
        }
        return (scopes, obstacles(found))
    }

    /// What keeps git from using hfmint where `variables` are in its environment.
    package func obstacles(with variables: [GitConfiguration.Entry]) -> [GitObstacle] {
        GitFindings(asking: hosts, with: variables, in: context).map { obstacles($0) } ?? []
    }

    /// Removes what ``write(_:isChosen:)`` wrote.
    package func remove(_ scope: GitScope, isChosen: Bool) throws(MintError) {
        try checkReading()
        for scope in [scope] + scope.later(isChosen: isChosen) { try configuration.remove(scope, in: context) }
    }

    /// Refuses before git is asked what it would never answer.
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
    /// Those that git reads later, from the clone that this is called in.
    ///
    /// A work tree's own configuration is the work tree's, so `--local` means both.
    fileprivate func later(isChosen: Bool) -> [GitScope] {
        switch self {
        case .global: isChosen ? [] : [.local, .worktree]
        case .local: [.worktree]
        case .worktree: []
        }
    }

    /// As `git config --show-scope` calls it.
    fileprivate var name: String {
        switch self {
        case .global: "global"
        case .local: "local"
        case .worktree: "worktree"
        }
    }
}

extension GitFindings {
    /// Whether a setting of this level adds a helper, has git forget ours, or has it leave out the repository.
    fileprivate func isOverruled(at scope: GitScope, _ origins: [String]) -> Bool {
        origins.contains { origin in
            let others = helpers(for: origin).filter { !$0.isHFMint }
            return (others + [forgetting(origin), hidingPath(at: origin)].compactMap(\.self)).contains {
                $0.scope.utf8.elementsEqual(scope.name.utf8)
            }
        }
    }
}
