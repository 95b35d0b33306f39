/// What must stand in git's configuration so that git asks hfmint for the Hub's hosts, and nobody else.
package struct GitConfiguration: Sendable {
    package struct Entry: Equatable, Sendable {
        package let key: String
        package let value: String
    }

    private let origins: [String]
    /// As git runs it, through the shell.
    private let helper: String

    package init(_ authority: Authority, programPath: String, options: [String] = []) {
        origins = GitHosts(authority).origins
        let isPlain = programPath.utf8.allSatisfy { $0.isASCIILetterOrDigit || "/._-+".utf8.contains($0) }
        let program = isPlain ? programPath : "!\(shellQuoted(programPath))"
        helper = ([program, "git-credential"] + options.map(shellQuoted)).joined(separator: " ")
    }

    /// In the order in which they must be added: an empty helper first, which makes git forget those of wider scopes.
    package var entries: [Entry] {
        origins.flatMap { origin in
            [
                Entry(key: "credential.\(origin).helper", value: ""),
                Entry(key: "credential.\(origin).helper", value: helper),
                Entry(key: "credential.\(origin).useHttpPath", value: "true"),
            ]
        }
    }

    /// Variables by which the entries reach every git that inherits them, behind those that are there already.
    ///
    /// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT>
    package func variables(after environment: Environment) -> [Entry] {
        // Git itself stops at a count that is none, or beyond its own limit.
        let given = environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        let count = (0...1_000_000).contains(given) ? given : 0
        let numbered = entries.enumerated().flatMap { index, entry in
            [
                Entry(key: "GIT_CONFIG_KEY_\(count + index)", value: entry.key),
                Entry(key: "GIT_CONFIG_VALUE_\(count + index)", value: entry.value),
            ]
        }
        return [Entry(key: "GIT_CONFIG_COUNT", value: "\(count + entries.count)")] + numbered
    }
}

/// Which of git's configuration files.
package enum GitScope: String, Sendable {
    case local = "--local"
    case global = "--global"
}

extension GitConfiguration {
    /// Writes the entries, in place of what an earlier call wrote.
    package func write(_ scope: GitScope, in context: Context) throws(MintError) {
        try remove(scope, in: context)
        for entry in entries { try git(["config", scope.rawValue, "--add", entry.key, entry.value], in: context) }
    }

    /// Removes what ``write(_:in:)`` wrote, and nothing else.
    package func remove(_ scope: GitScope, in context: Context) throws(MintError) {
        for origin in origins where try isSet(origin, scope, in: context) {
            try unset("credential.\(origin).helper", "^$", scope, in: context)
            try unset("credential.\(origin).helper", "git-credential$", scope, in: context)
            try unset("credential.\(origin).useHttpPath", "^true$", scope, in: context)
        }
    }

    /// Whether a helper of hfmint's is there, also one from another place.
    private func isSet(_ origin: String, _ scope: GitScope, in context: Context) throws(MintError) -> Bool {
        let result = try run(["config", scope.rawValue, "--get-all", "credential.\(origin).helper"], in: context)
        let values = result.output.reveal { $0.bytes }.split(separator: ASCII.lineFeed)
        return values.contains { $0.suffix("git-credential".utf8.count).elementsEqual("git-credential".utf8) }
    }

    private func unset(_ key: String, _ pattern: String, _ scope: GitScope, in context: Context) throws(MintError) {
        // Status 5: there is no such entry.
        try git(["config", scope.rawValue, "--unset-all", key, pattern], accepting: [0, 5], in: context)
    }

    private func git(_ arguments: [String], accepting: [Int] = [0], in context: Context) throws(MintError) {
        let status = try run(arguments, in: context).status
        guard accepting.contains(status) else {
            throw MintError(
                .stateUnusable, "git config failed with status \(status)",
                hint: "git's own message is above; for --local, run this inside a work tree")
        }
    }

    private func run(_ arguments: [String], in context: Context) throws(MintError) -> ChildResult {
        do throws(ProcessFailure) {
            return try context.processes.run(ChildCommand(["git"] + arguments))
        } catch {
            throw MintError(.stateUnusable, "git could not be run", hint: "install it: apt-get install git")
        }
    }
}
