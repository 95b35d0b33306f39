extension ChildCommand {
    /// A call of git's own, as every other git of this place would find its configuration.
    ///
    /// `GIT_CONFIG` has `git config` look at one file, and no other git: it would show what no push ever meets.
    /// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIG>
    ///
    /// - Parameters:
    ///   - folder: where it runs, if not here.
    ///   - variables: what its environment has besides this process's own.
    ///   - isQuiet: whether its complaints are thrown away: they quote file names, and we quote nothing unescaped.
    static func git(
        _ arguments: [String], in folder: String? = nil, with variables: [GitConfiguration.Entry] = [],
        isQuiet: Bool = true, milliseconds: Int = 30_000, byteLimit: Int = 64 << 10
    ) -> ChildCommand {
        let exports = variables.map { "export \($0.key)=\(shellQuoted($0.value)); " }.joined()
        let change = folder.map { "cd \(shellQuoted($0)) && " } ?? ""
        // Where files may not grow, git says so and takes its lock away; the signal would leave it.
        let begin = "trap '' XFSZ; unset GIT_CONFIG; \(exports)\(change)"
        let script = "\(begin)exec git \"$@\"\(isQuiet ? " 2>/dev/null" : "")"
        return ChildCommand(
            ["/bin/sh", "-c", script, "git"] + arguments, milliseconds: milliseconds, byteLimit: byteLimit)
    }
}
