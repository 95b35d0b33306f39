extension GitConfigurationFile {
    /// Returns what git finds in the file.
    func values(_ query: String, _ pattern: String) throws(MintError) -> [String] {
        let result = try Git(in: context).run(["config", scope.rawValue, "--null", query, pattern])
        let values = result.output.reveal { $0.bytes }.split(separator: 0, omittingEmptySubsequences: false)
        return values.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    func unset(_ key: String, _ pattern: String) throws(MintError) {
        // Status 5 means that there is no such entry.
        try change(["--unset-all", key, pattern], accepting: [0, 5])
    }

    /// Changes the file, and tries again for 3 s while another git is writing it.
    ///
    /// Git does not wait for the file itself: it ends with status 255 or 4.
    func change(_ arguments: [String], accepting: [Int] = [0]) throws(MintError) {
        let git = Git(in: context)
        let arguments = ["config", scope.rawValue] + arguments
        let deadline = context.clock.uptime() + .seconds(3)
        var status = try git.run(arguments).status
        while [4, 255].contains(status), context.clock.uptime() < deadline {
            context.clock.sleep(for: .milliseconds(10 + Int(context.random() % 40)))
            status = try git.run(arguments).status
        }
        // The shell ends with 127 if there is no such program.
        if status == 127 { throw Git.missing }
        // Runs it once more, so that the user sees git's own message.
        if !accepting.contains(status) { status = try git.run(arguments, isQuiet: false).status }
        guard accepting.contains(status) else { throw failure(status) }
    }

    /// Returns the error for a status with which git did not change its configuration, with the likely cause.
    ///
    /// Git has printed its own message before. <https://git-scm.com/docs/git-config#_description> lists the statuses:
    /// 128 is any `fatal:` of git's, and 255 means that git could not lock the file.
    private func failure(_ status: Int) -> MintError {
        let instead = Self.instead
        func error(_ message: String, _ hint: String) -> MintError {
            MintError(.stateUnusable, "\(message) (status \(status))", hint: hint)
        }
        let git = Git(in: context)
        let isReadable = git.ask(["config", scope.rawValue, "--list"]).printed != nil
        if scope != .global, !isReadable {
            return unreadableWorkTree(git, error)
        }
        if let obstacle = Self.obstacle(in: context) {
            return error(obstacle.message, "\(obstacle.next); or \(instead)")
        }
        guard isReadable || status != 128 else {
            return error(
                "git cannot read the user's configuration",
                "mend the line that git names above, in an editor: no git works before that")
        }
        if let obstacle = writeObstacle { return error(obstacle.message, obstacle.next) }
        return error(
            "git cannot write its configuration (\(scope.rawValue))",
            "where its file is mounted, read-only, or not this user's, \(instead)")
    }

    private func unreadableWorkTree(_ git: Git, _ error: (String, String) -> MintError) -> MintError {
        let instead = Self.instead
        let isRepository = git.ask(["rev-parse", "--git-dir"]).printed != nil
        // This trusts every folder for one question.
        // <https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory>
        let trusting = ["-c", "safe.directory=*", "rev-parse", "--show-toplevel"]
        if !isRepository, let top = git.ask(trusting).path {
            return error(
                "this work tree belongs to another user, and git reads no configuration of such a one",
                "trust it: git config --global --add safe.directory \(shellQuoted(top)); or give --global; or \(instead)"
            )
        }
        if let folder = context.environment["GIT_DIR"], !isRepository {
            return error("GIT_DIR leads to no git repository: '\(folder)'", "unset GIT_DIR, or \(instead)")
        }
        let folders = FilePath(context.files.workingDirectory).upwards + ["/"]
        if let folder = folders.first(where: { context.files.kind(of: "\($0)/.git") != nil }) {
            // In a submodule and in a second work tree, `.git` is a file that holds the path of the repository.
            // <https://git-scm.com/docs/gitrepository-layout>
            if context.files.kind(of: "\(folder)/.git") == .regular, !isRepository {
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

    /// Warns that `--local` does not reach submodules, if the work tree has any.
    func warnOfSubmodules() {
        guard scope == .local,
            context.files.kind(of: "\(context.files.workingDirectory)/.gitmodules") == .regular
        else { return }
        context.note(
            "warning: each submodule has a configuration of its own, which --local does not reach: for them, give"
                + " --global, or eval \"$(hfmint setup-git --environment)\"")
    }
}
