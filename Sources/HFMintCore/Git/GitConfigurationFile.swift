/// The file of git's configuration that is changed for a scope.
///
/// Git puts another file in its place, also where that is a device: as root it would replace the machine's
/// `/dev/null`. It does follow symbolic links.
/// <https://github.com/git/git/blob/v2.51.0/lockfile.c#L90>
struct GitConfigurationFile {
    static let instead = "change no file: eval \"$(hfmint setup-git --environment)\""

    /// `nil` where there is none: then git itself says why.
    private let path: String?

    /// Finds it as git does: <https://git-scm.com/docs/git-config#FILES>.
    init(_ scope: GitScope, in context: Context) throws(MintError) {
        switch scope {
        case .local: path = try Self.path(of: "config", in: context)
        case .worktree: path = try Self.path(of: "config.worktree", in: context)
        case .global:
            try Self.checkPlace(context.environment)
            path = Self.global(in: context)
        }
    }

    /// What git itself is vague about; where `HOME` is empty, it would write into the machine's root.
    private static func checkPlace(_ environment: Environment) throws(MintError) {
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

    private static func global(in context: Context) -> String? {
        if let given = context.environment["GIT_CONFIG_GLOBAL"] { return given }
        let (own, other) = homes(in: context.environment)
        let isOther =
            own.map { context.files.facts(of: $0) == nil } == true
            && other.map { context.files.facts(of: $0) != nil } == true
        return isOther ? other : own
    }

    /// The user's file, and the one that git reads before it and writes where it is alone.
    private static func homes(in environment: Environment) -> (own: String?, other: String?) {
        let folder = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        return (environment["HOME"].map { "\($0)/.gitconfig" }, folder.map { "\($0)/git/config" })
    }

    /// The first of the files that git reads, or includes, and that it waits for or passes over.
    ///
    /// A named pipe is opened, and nothing comes: then git hangs, whatever it was asked. A directory or a socket ends it,
    /// though not at every question. A file that it may not read it passes over, with a warning or without.
    /// <https://github.com/git/git/blob/v2.51.0/config.c#L1465>
    ///
    /// - Parameter folders: where git is called, if not here.
    static func obstacle(in context: Context, at folders: [String]? = nil) -> GitObstacle? {
        let places = folders ?? [context.files.workingDirectory]
        let own = places.flatMap { GitIncludes.ofRepository(at: $0, in: context) }
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
        return included(by: everywhere + own, places, in: context) ?? textObstacle(context.environment)
    }

    /// A path that is no text is git's alone: hfmint would look at another one.
    private static func textObstacle(_ environment: Environment) -> GitObstacle? {
        let isGiven = environment.isSet("GIT_CONFIG_GLOBAL")
        let keys: [Environment.Key] =
            ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] + (isGiven ? [] : ["HOME", "XDG_CONFIG_HOME"])
        guard let key = keys.first(where: { !environment.isText($0) }) else { return nil }
        return GitObstacle(
            isFatal: false, message: "git's configuration cannot be looked at: \(key.name) is not UTF-8 text",
            next: "give what it names another name, in UTF-8, or a link to it (ln -s); or \(instead)")
    }

    /// Why git cannot read what is no file; `nil` for a device, which may be the null device.
    private static func reason(_ kind: FileKind) -> String? {
        switch kind {
        case .fifo: "it is a FIFO, and git would wait for it without end"
        case .directory, .socket: "it is a \(kind.rawValue)"
        case .device, .link, .regular: nil
        }
    }

    private static func included(by files: [String], _ folders: [String], in context: Context) -> GitObstacle? {
        let found = GitIncludes(from: files, in: context).strange
        // A condition is git's own to judge: it hangs or ends where it holds.
        let isStopped = { (folder: String) in
            Git(in: context, at: folder).ask(["config", "--name-only", "--list"]).printed == nil
        }
        guard
            let strange = found.first(where: { !$0.isConditional })
                ?? (found.isEmpty || !folders.contains(where: isStopped) ? nil : found.first)
        else { return nil }
        return GitObstacle(
            isFatal: true,
            message: "git cannot read '\(strange.path)', which its configuration \(strange.includer) includes: "
                + (reason(strange.kind) ?? "it is a \(strange.kind.rawValue)"),
            next: "take the include out of \(strange.includer), in an editor, or put a file in its place")
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

    /// Whether git could have written it; a FIFO, which git would wait for, it could not.
    func mayHoldEntries(in context: Context) -> Bool {
        guard let path, let kind = context.files.kind(of: path) else { return path == nil }
        return kind == .regular
    }

    /// Refuses what git would destroy, or take away from its owner.
    func check(in context: Context) throws(MintError) {
        guard let path else { return }
        do throws(FileFailure) {
            try context.files.checkForeignWrite(path)
        } catch {
            throw MintError(
                .stateUnusable, "git's configuration '\(path)' is left as it is: \(error.reason)",
                hint: Self.instead)
        }
    }

    /// Why git could not write it, as far as it shows; with what to type.
    func trouble(in context: Context) -> (message: String, hint: String)? {
        guard let path else { return nil }
        if context.files.kind(of: "\(path).lock") != nil {
            return (
                "another git writes its configuration '\(path)', or one that was killed has left '\(path).lock'",
                "where no git runs, remove it: rm \(shellQuoted("\(path).lock")); or \(Self.instead)"
            )
        }
        let folder = FilePath(path).folder
        guard context.files.facts(of: folder) == nil else { return nil }
        return (
            "the folder of git's configuration '\(path)' is not there",
            "make it: mkdir -p \(shellQuoted(folder)); or \(Self.instead)"
        )
    }
}
