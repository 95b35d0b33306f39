/// The settings by which git asks hfmint, and nobody else, for the Hub's hosts.
package struct GitConfiguration: Sendable {
    package struct Entry: Equatable, Sendable {
        package let key: String
        package let value: String
    }

    private let origins: [String]
    /// The command of the helper, which git runs through the shell.
    private let helper: String

    package init(_ authority: Authority, programPath: String, options: [String] = []) {
        origins = GitHosts(authority).origins
        let isPlain = programPath.utf8.allSatisfy { $0.isASCIILetterOrDigit || "/._-+".utf8.contains($0) }
        let program = isPlain ? programPath : "!\(shellQuoted(programPath))"
        helper = ([program, "git-credential"] + options.map(shellQuoted)).joined(separator: " ")
    }

    /// The entries in the order in which git must read them: the empty helper makes git forget the helpers before it.
    package var entries: [Entry] {
        sections.flatMap { section in
            [
                Entry(key: "\(section).helper", value: ""),
                Entry(key: "\(section).helper", value: helper),
                Entry(key: "\(section).useHttpPath", value: "true"),
            ]
        }
    }

    /// The sections, named with a slash at the end, which means the same to git.
    ///
    /// People spell the section without it, so git never writes ours into the middle of theirs: a helper further down
    /// would be asked too, and `--undo` could not tell their entries from ours.
    private var sections: [String] { origins.map { "credential.\($0)/" } }

    /// Returns the variables that give every git that inherits them the entries, after those in `environment`.
    ///
    /// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT>
    package func variables(after environment: Environment) -> [Entry] {
        // Git itself fails on a count that is no number, or is beyond its limit.
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

/// One of git's configuration files.
package enum GitScope: String, Sendable {
    case local = "--local"
    case global = "--global"
    /// The configuration of one of several work trees (`extensions.worktreeConfig`).
    case worktree = "--worktree"
}

extension GitConfiguration {
    /// Writes the entries at the end of the file, in place of those of an earlier call.
    ///
    /// - Parameter evenIfLast: whether to write them again even if they are the last entries of the file.
    package func write(_ scope: GitScope, evenIfLast: Bool = false, in context: Context) throws(MintError) {
        let file = try GitConfigurationFile(scope, in: context)
        try file.check()
        // It is not enough that the entries exist: git tells the token to every helper behind ours.
        // Git lists names in lower case, and our hosts are in lower case too.
        let wanted = entries.map { entry in
            "\(String(decoding: entry.key.utf8.map(\.asciiLowercased), as: UTF8.self))\n\(entry.value)"
        }
        let present = try file.values("--get-regexp", "^credential\\.")
        guard evenIfLast || present.suffix(wanted.count) != wanted[...] else { return }
        for section in sections { try remove(section, from: file) }
        for entry in entries { try file.change(["--add", entry.key, entry.value]) }
        file.warnOfSubmodules()
    }

    /// Removes only what ``write(_:evenIfLast:in:)`` wrote.
    package func remove(_ scope: GitScope, in context: Context) throws(MintError) {
        let file = try GitConfigurationFile(scope, in: context)
        guard file.mayHoldEntries else { return }
        for section in sections { try remove(section, from: file) }
    }

    private func remove(_ section: String, from file: GitConfigurationFile) throws(MintError) {
        // A section without a helper of hfmint's is not ours. The helper may be another installation's.
        let words = try file.values("--get-all", "\(section).helper").flatMap { $0.utf8.split(separator: ASCII.space) }
        guard words.contains(where: { $0.elementsEqual("git-credential".utf8) }) else { return }
        try file.check()
        try file.unset("\(section).useHttpPath", "^true$")
        try file.unset("\(section).helper", " git-credential( |$)")
        try file.unset("\(section).helper", "^$")
    }
}
