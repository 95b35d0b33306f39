/// The configuration file that git changes for a scope.
///
/// Git replaces the file, and follows symbolic links to it. It replaces even a device: as root, it would replace the
/// machine's `/dev/null`.
/// <https://github.com/git/git/blob/v2.51.0/lockfile.c#L90>
struct GitConfigurationFile {
    static let instead = "change no file: eval \"$(hfmint setup-git --environment)\""

    let scope: GitScope
    let context: Context
    /// The path, or nil if there is no such file; then git itself says why.
    private let path: String?

    /// Finds the file as git does.
    ///
    /// <https://git-scm.com/docs/git-config#FILES>
    init(_ scope: GitScope, in context: Context) throws(MintError) {
        self.scope = scope
        self.context = context
        switch scope {
        case .local: path = try Self.path(of: "config", in: context)
        case .worktree: path = try Self.path(of: "config.worktree", in: context)
        case .global:
            try Self.checkVariables(context.environment)
            path = Self.global(in: context)
        }
    }

    /// Refuses variables that git explains badly; with an empty `HOME` it would write into the machine's root.
    private static func checkVariables(_ environment: Environment) throws(MintError) {
        func missing(_ key: Environment.Key, _ next: String) -> MintError {
            let state = environment.isEmpty(key) ? "set to nothing" : "not set"
            return MintError(
                .stateUnusable, "git has no place for the user's configuration: \(key.name) is \(state)",
                hint: "\(next) \(key.name), or \(instead)")
        }
        if let obstacle = textObstacle(environment) {
            throw MintError(.stateUnusable, obstacle.message, hint: obstacle.next)
        }
        if environment.isEmpty("GIT_CONFIG_GLOBAL") { throw missing("GIT_CONFIG_GLOBAL", "unset") }
        guard environment.isSet("GIT_CONFIG_GLOBAL") || environment.isSet("HOME") else { throw missing("HOME", "set") }
    }

    /// Returns the file that git writes for the user: the second one only if it alone exists.
    private static func global(in context: Context) -> String? {
        if let given = context.environment["GIT_CONFIG_GLOBAL"] { return given }
        let (own, other) = homes(in: context.environment)
        let isOther =
            own.map { context.files.facts(of: $0) == nil } == true
            && other.map { context.files.facts(of: $0) != nil } == true
        return isOther ? other : own
    }

    /// Returns the user's file, and the one that git reads before it, whether or not they exist.
    private static func homes(in environment: Environment) -> (own: String?, other: String?) {
        let folder = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        return (environment["HOME"].map { "\($0)/.gitconfig" }, folder.map { "\($0)/git/config" })
    }

    /// Returns the first file, of those that git reads or includes, that git cannot read, or `nil`.
    ///
    /// A named pipe makes git hang at every question. A directory or a socket makes it fail at most questions. Git
    /// passes over a file that this user may not read, with a warning or without.
    /// <https://github.com/git/git/blob/v2.51.0/config.c#L1465>
    ///
    /// - Parameter folders: the folders in which git is called; `nil` for this process's own.
    static func obstacle(in context: Context, at folders: [String]? = nil) -> GitObstacle? {
        let folders = folders ?? [context.files.workingDirectory]
        let own = folders.flatMap { GitIncludes.ofRepository(at: $0, in: context) }
        let everywhere = everywhere(in: context.environment)
        for path in everywhere + own {
            guard let kind = context.files.facts(of: path)?.kind else { continue }
            var refusal: String?
            if kind == .regular {
                do throws(FileFailure) {
                    _ = try context.files.read(path, limit: 1 << 24)
                } catch {
                    refusal = error.reason
                }
            }
            guard let reason = reason(kind) ?? refusal else { continue }
            let verb = kind == .regular ? "git passes over" : "git cannot read"
            return GitObstacle(
                isFatal: kind != .regular, message: "\(verb) its configuration '\(path)': \(reason)",
                next: "put a file that this user can read in its place, or have git read another:"
                    + " export GIT_CONFIG_GLOBAL=PATH (of the user), GIT_CONFIG_SYSTEM=PATH (of the machine)")
        }
        return included(by: everywhere + own, folders, in: context) ?? textObstacle(context.environment)
    }

    /// Returns an obstacle if a path is not UTF-8: git can read it, and hfmint cannot look at it.
    private static func textObstacle(_ environment: Environment) -> GitObstacle? {
        let isGiven = environment.isSet("GIT_CONFIG_GLOBAL")
        let keys: [Environment.Key] =
            ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] + (isGiven ? [] : ["HOME", "XDG_CONFIG_HOME"])
        guard let key = keys.first(where: { !environment.isText($0) }) else { return nil }
        return GitObstacle(
            isFatal: false, message: "git's configuration cannot be looked at: \(key.name) is not UTF-8 text",
            next: "give what it names another name, in UTF-8, or a link to it (ln -s); or \(instead)")
    }

    /// Returns why git cannot read something of this kind, or `nil`; a device may be the null device.
    private static func reason(_ kind: FileKind) -> String? {
        switch kind {
        case .fifo: "it is a FIFO, and git would wait for it without end"
        case .directory, .socket: "it is a \(kind.rawValue)"
        case .device, .link, .regular: nil
        }
    }

    private static func included(by files: [String], _ folders: [String], in context: Context) -> GitObstacle? {
        let found = GitIncludes(from: files, in: context).nonFiles
        // Only git knows whether a condition holds: then it hangs or fails.
        let isStopped = { (folder: String) in
            Git(in: context, at: folder).ask(["config", "--name-only", "--list"]).printed == nil
        }
        guard
            let nonFile = found.first(where: { !$0.isConditional })
                ?? (found.isEmpty || !folders.contains(where: isStopped) ? nil : found.first)
        else { return nil }
        return GitObstacle(
            isFatal: true,
            message: "git cannot read '\(nonFile.path)', which its configuration \(nonFile.includer) includes: "
                + (reason(nonFile.kind) ?? "it is a \(nonFile.kind.rawValue)"),
            next: "take the include out of \(nonFile.includer), in an editor, or put a file in its place")
    }

    private static func everywhere(in environment: Environment) -> [String] {
        let isSystemLeftOut = ["1", "true", "yes", "on"].contains(environment["GIT_CONFIG_NOSYSTEM"] ?? "")
        let system = isSystemLeftOut ? [] : [environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig"]
        if let given = environment["GIT_CONFIG_GLOBAL"] { return system + [given] }
        let (own, other) = homes(in: environment)
        return system + [other, own].compactMap(\.self)
    }

    private static func path(of name: String, in context: Context) throws(MintError) -> String? {
        let result = try Git(in: context).run(["rev-parse", "--git-path", name])
        let path = result.output.reveal { $0.bytes }
        guard result.status == 0, path.last == ASCII.lineFeed else { return nil }
        return String(decoding: path.dropLast(), as: UTF8.self)
    }

    /// Whether git could have written entries into the file; it would wait for a FIFO without end.
    var mayHoldEntries: Bool {
        guard let path, let kind = context.files.kind(of: path) else { return path == nil }
        return kind == .regular
    }

    /// Refuses a file that git would destroy, or take away from its owner.
    func check() throws(MintError) {
        guard let path else { return }
        do throws(FileFailure) {
            try context.files.checkForeignWrite(path)
        } catch {
            throw MintError(
                .stateUnusable, "git's configuration '\(path)' is left as it is: \(error.reason)",
                hint: Self.instead)
        }
    }

    /// Why git could not write the file: its lock, or its folder; or nil.
    var writeObstacle: GitObstacle? {
        guard let path else { return nil }
        if context.files.kind(of: "\(path).lock") != nil {
            return GitObstacle(
                isFatal: true,
                message: "another git writes its configuration '\(path)', or one that was killed has left"
                    + " '\(path).lock'",
                next: "where no git runs, remove it: rm \(shellQuoted("\(path).lock")); or \(Self.instead)")
        }
        let folder = FilePath(path).folder
        guard context.files.facts(of: folder) == nil else { return nil }
        return GitObstacle(
            isFatal: true, message: "the folder of git's configuration '\(path)' is not there",
            next: "make it: mkdir -p \(shellQuoted(folder)); or \(Self.instead)")
    }
}
