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
    init(_ scope: GitScope, of configuration: GitConfiguration, in context: Context) throws(MintError) {
        switch scope {
        case .local: path = try Self.path(of: "config", configuration, in: context)
        case .worktree: path = try Self.path(of: "config.worktree", configuration, in: context)
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
        if environment.isEmpty("GIT_CONFIG_GLOBAL") { throw missing("GIT_CONFIG_GLOBAL", "unset") }
        guard environment.isSet("GIT_CONFIG_GLOBAL") || environment.isSet("HOME") else { throw missing("HOME", "set") }
    }

    private static func global(in context: Context) -> String? {
        let environment = context.environment
        if let given = environment["GIT_CONFIG_GLOBAL"] { return given }
        let own = environment["HOME"].map { "\($0)/.gitconfig" }
        let folder = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        let other = folder.map { "\($0)/git/config" }
        let isOther =
            own.map { context.files.facts(of: $0) == nil } == true
            && other.map { context.files.facts(of: $0) != nil } == true
        return isOther ? other : own
    }

    private static func path(
        of name: String, _ configuration: GitConfiguration, in context: Context
    ) throws(MintError) -> String? {
        let result = try configuration.runSilently(["rev-parse", "--git-path", name], in: context)
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
        let folder = path.utf8.lastIndex(of: ASCII.slash).map { String(path[..<$0]) } ?? "."
        guard !folder.isEmpty, context.files.facts(of: folder) == nil else { return nil }
        return (
            "the folder of git's configuration '\(path)' is not there",
            "make it: mkdir -p \(shellQuoted(folder)); or \(Self.instead)"
        )
    }
}
