extension GitConfiguration {
    /// Why git did not change its configuration, as far as it shows from here; git's own words stand above.
    ///
    /// The statuses are in <https://git-scm.com/docs/git-config#_description>; 128 is any `fatal:` of git's, and 255
    /// that it could not lock the file.
    func failure(_ status: Int, _ scope: GitScope, in context: Context) -> MintError {
        let instead = GitConfigurationFile.instead
        func error(_ message: String, _ hint: String) -> MintError {
            MintError(.stateUnusable, "\(message) (status \(status))", hint: hint)
        }
        let isReadable = succeeds(["config", scope.rawValue, "--list"], in: context)
        if scope != .global, !isReadable {
            return unreadableWorkTree(error, instead, in: context)
        }
        if let obstacle = GitConfigurationFile.obstacle(in: context) {
            return error(obstacle.message, "\(obstacle.next); or \(instead)")
        }
        guard isReadable || status != 128 else {
            return error(
                "git cannot read the user's configuration",
                "mend the line that git names above, in an editor: no git works before that")
        }
        if let file = try? GitConfigurationFile(scope, of: self, in: context),
            let (message, hint) = file.trouble(in: context)
        {
            return error(message, hint)
        }
        return error(
            "git cannot write its configuration (\(scope.rawValue))",
            "where its file is mounted, read-only, or not this user's, \(instead)")
    }

    private func unreadableWorkTree(
        _ error: (String, String) -> MintError, _ instead: String, in context: Context
    ) -> MintError {
        // Trusting every folder for one question.
        // <https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory>
        if !succeeds(["rev-parse", "--git-dir"], in: context),
            let top = line(["-c", "safe.directory=*", "rev-parse", "--show-toplevel"], in: context)
        {
            return error(
                "this work tree belongs to another user, and git reads no configuration of such a one",
                "trust it: git config --global --add safe.directory \(shellQuoted(top)); or give --global; or \(instead)"
            )
        }
        if let folder = context.environment["GIT_DIR"], !succeeds(["rev-parse", "--git-dir"], in: context) {
            return error("GIT_DIR leads to no git repository: '\(folder)'", "unset GIT_DIR, or \(instead)")
        }
        let folders = Self.foldersAbove(context.files.workingDirectory)
        if let folder = folders.first(where: { context.files.kind(of: "\($0)/.git") != nil }) {
            // A submodule's or a second work tree's: it holds the path of the repository.
            // <https://git-scm.com/docs/gitrepository-layout>
            if context.files.kind(of: "\(folder)/.git") == .regular, !succeeds(["rev-parse", "--git-dir"], in: context)
            {
                return error(
                    "the file '\(folder)/.git' leads to a repository that is not here",
                    "run this where that repository is, too; or give --global; or \(instead)")
            }
            return error(
                "git cannot read this work tree's configuration",
                "mend the line that git names above: git config --local --edit")
        }
        return error("this is no git work tree", "run this inside a work tree, or give --global, or \(instead)")
    }

    private func succeeds(_ words: [String], in context: Context) -> Bool {
        (try? runSilently(words, in: context))?.status == 0
    }

    private func line(_ words: [String], in context: Context) -> String? {
        guard let result = try? runSilently(words, in: context), result.status == 0 else { return nil }
        let text = result.output.reveal { String(decoding: $0.bytes, as: UTF8.self) }.withoutBlanksAround
        return text.isEmpty ? nil : text
    }

    /// The folder, and each that holds it.
    private static func foldersAbove(_ path: String) -> [String] {
        let parts = path.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        return (0...parts.count).reversed().map { "/" + parts[..<$0].joined(separator: "/") }
    }

    /// Says where `--local` does not reach.
    func noteSubmodules(_ scope: GitScope, in context: Context) {
        guard scope == .local,
            context.files.kind(of: "\(context.files.workingDirectory)/.gitmodules") == .regular
        else { return }
        context.note(
            "warning: each submodule has a configuration of its own, which --local does not reach: for them, give"
                + " --global, or eval \"$(hfmint setup-git --environment)\"")
    }
}
