/// The file of git's configuration that is changed for a scope.
///
/// Git puts another file in its place, also where that is a device: as root it would replace the machine's
/// `/dev/null`. It does follow symbolic links.
/// <https://github.com/git/git/blob/v2.51.0/lockfile.c#L90>
struct GitConfigurationFile {
    /// `nil` where there is none: then git itself says why.
    private let path: String?

    /// Finds it as git does: <https://git-scm.com/docs/git-config#FILES>.
    init(_ scope: GitScope, of configuration: GitConfiguration, in context: Context) throws(MintError) {
        switch scope {
        case .local: path = try Self.path(of: "config", configuration, in: context)
        case .worktree: path = try Self.path(of: "config.worktree", configuration, in: context)
        case .global: path = Self.global(in: context)
        }
    }

    private static func global(in context: Context) -> String? {
        let environment = context.environment
        if let given = environment["GIT_CONFIG_GLOBAL"] { return given }
        // Set, but to nothing: git takes it for the name of a file.
        guard !environment.names(where: \.isEmpty).contains("GIT_CONFIG_GLOBAL") else { return nil }
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
                hint: "change no file: eval \"$(hfmint setup-git --environment)\"")
        }
    }
}
