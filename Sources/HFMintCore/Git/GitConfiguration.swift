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

    /// In the order in which they must be added: an empty helper first, which makes git forget those before it.
    package var entries: [Entry] {
        sections.flatMap { section in
            [
                Entry(key: "\(section).helper", value: ""),
                Entry(key: "\(section).helper", value: helper),
                Entry(key: "\(section).useHttpPath", value: "true"),
            ]
        }
    }

    /// With a slash at the end, which says the same to git.
    ///
    /// A section that is spelled as people spell it may be there already: git would write into its middle, so that a
    /// helper further down is asked and told too, and what is theirs could not be told from ours when it is undone.
    private var sections: [String] { origins.map { "credential.\($0)/" } }

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
    /// What one of several work trees has for itself (`extensions.worktreeConfig`).
    case worktree = "--worktree"
}

extension GitConfiguration {
    /// Writes the entries behind all others, in place of what an earlier call wrote.
    ///
    /// - Parameter anew: whether they are moved to the end even if no other of this file stands behind them.
    package func write(_ scope: GitScope, anew: Bool = false, in context: Context) throws(MintError) {
        let file = try GitConfigurationFile(scope, in: context)
        try file.check(in: context)
        // Helpers that were set in between are asked after ours, and told the token: so not only whether it is there.
        // Git lists names in lower case, and so are our hosts.
        let wanted = entries.map { entry in
            "\(String(decoding: entry.key.utf8.map(\.asciiLowercased), as: UTF8.self))\n\(entry.value)"
        }
        let present = try present("--get-regexp", "^credential\\.", scope, in: context)
        guard anew || present.suffix(wanted.count) != wanted[...] else { return }
        for section in sections { try remove(section, scope, file, in: context) }
        for entry in entries {
            try change(["config", scope.rawValue, "--add", entry.key, entry.value], scope, in: context)
        }
        noteSubmodules(scope, in: context)
    }

    /// Removes what ``write(_:in:)`` wrote, and nothing else.
    package func remove(_ scope: GitScope, in context: Context) throws(MintError) {
        let file = try GitConfigurationFile(scope, in: context)
        guard file.mayHoldEntries(in: context) else { return }
        for section in sections { try remove(section, scope, file, in: context) }
    }

    private func remove(
        _ section: String, _ scope: GitScope, _ file: GitConfigurationFile, in context: Context
    ) throws(MintError) {
        // A helper of hfmint's, also one from another place; without one, nothing here is ours.
        let helpers = try present("--get-all", "\(section).helper", scope, in: context)
        let words = helpers.flatMap { $0.utf8.split(separator: ASCII.space) }
        guard words.contains(where: { $0.elementsEqual("git-credential".utf8) }) else { return }
        try file.check(in: context)
        try unset("\(section).useHttpPath", "^true$", scope, in: context)
        try unset("\(section).helper", " git-credential( |$)", scope, in: context)
        try unset("\(section).helper", "^$", scope, in: context)
    }

    private func present(
        _ query: String, _ pattern: String, _ scope: GitScope, in context: Context
    ) throws(MintError) -> [String] {
        let result = try Git(in: context).run(["config", scope.rawValue, "--null", query, pattern])
        let values = result.output.reveal { $0.bytes }.split(separator: 0, omittingEmptySubsequences: false)
        return values.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    private func unset(_ key: String, _ pattern: String, _ scope: GitScope, in context: Context) throws(MintError) {
        // Status 5: there is no such entry.
        try change(["config", scope.rawValue, "--unset-all", key, pattern], accepting: [0, 5], scope, in: context)
    }

    /// Git does not wait for a configuration file that another git is writing: it says so, with status 255 or 4.
    private func change(
        _ arguments: [String], accepting: [Int] = [0], _ scope: GitScope, in context: Context
    ) throws(MintError) {
        let git = Git(in: context)
        let deadline = context.clock.uptime() + .seconds(3)
        var status = try git.run(arguments).status
        while [4, 255].contains(status), context.clock.uptime() < deadline {
            context.clock.sleep(for: .milliseconds(10 + Int(context.random() % 40)))
            status = try git.run(arguments).status
        }
        // The shell's word for a program that is not there.
        if status == 127 { throw Git.missing }
        // Once more, so that git's own message is seen.
        if !accepting.contains(status) { status = try git.run(arguments, isQuiet: false).status }
        guard accepting.contains(status) else { throw failure(status, scope, in: context) }
    }
}
