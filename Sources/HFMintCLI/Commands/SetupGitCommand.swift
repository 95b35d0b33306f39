internal import HFMintCore

extension Command {
    package static let setupGit = Command(
        name: "setup-git",
        summary: "tell git to ask hfmint for the Hub's hosts",
        description: [
            "Makes `git` and `git-lfs` ask hfmint for a token whenever they talk to the Hub: clone, fetch and push then"
                + " just work, each repository with a token of its own. Other hosts are left alone, and helpers that"
                + " were set for the Hub before are not asked any more.",
            "In a CI job the user's configuration is changed (--global), elsewhere that of this work tree (--local)."
                + " With --environment no file is changed: evaluate what it prints.",
        ],
        options: [.local, .global, .environmentScope, .undo, .endpoint, .audience] + Option.policy + Option.organization
            + Option.reporting,
        examples: [
            Example("in a CI job, for all that follows", "hfmint setup-git"),
            Example("without touching any file", "eval \"$(hfmint setup-git --environment)\""),
            Example("take it back", "hfmint setup-git --undo"),
        ],
        printsShell: { $0?.has(.environmentScope) ?? false },
        run: SetupGitCommand.run)
}

extension Option {
    fileprivate static let local = Option("local", help: "change this work tree's configuration")
    fileprivate static let global = Option("global", help: "change the user's configuration")
    fileprivate static let environmentScope = Option(
        "environment", help: "change no file: print variables (GIT_CONFIG_COUNT …) for eval")
    fileprivate static let undo = Option("undo", help: "remove what setup-git wrote")
}

private struct SetupGitCommand {
    private let call: Call
    private var arguments: Arguments { call.arguments }
    private var context: Context { call.context }
    private let configuration: GitConfiguration
    private let setup: GitSetup

    static func run(_ call: Call) throws(MintError) -> Report { try Self(call).run() }

    private init(_ call: Call) throws(MintError) {
        let (arguments, context) = (call.arguments, call.context)
        self.call = call
        // A mistake in the manifest is told now: later it would show only when git asks.
        let namesManifest = arguments.has(.manifest) || arguments.has(.role)
        let authority = try Session(call, readsManifest: namesManifest && !arguments.has(.undo)).authority
        // The helper must know the Hub that the command line names: no variable tells it.
        let options = arguments.words([.endpoint, .audience])
        let folder = context.files.workingDirectory
        configuration = GitConfiguration(
            authority, programPath: context.programPath,
            options: options + arguments.organizationWords(in: folder) + arguments.manifestWords(in: folder))
        setup = GitSetup(configuration, for: authority, in: context)
        let scopes = [Option.local, .global, .environmentScope].filter { arguments.has($0) }
        guard scopes.count <= 1 else {
            throw .usage(
                "\(scopes.map { "--\($0.name)" }.joined(separator: " and ")) exclude each other",
                hint: "give one of them")
        }
    }

    private func run() throws(MintError) -> Report {
        guard !arguments.has(.environmentScope) else { return try environment() }
        let isChosen = arguments.has(.global)
        let scope = scope()
        guard !arguments.has(.undo) else {
            try setup.remove(scope, isChosen: isChosen)
            context.note("git does not ask hfmint any more (\(scope.rawValue))")
            return report([scope.rawValue])
        }
        let (scopes, obstacles) = try setup.write(scope, isChosen: isChosen)
        let names = scopes.map(\.rawValue)
        context.note("git asks hfmint for the Hub's repositories (\(names.joined(separator: ", ")))")
        return report(names, obstacles)
    }

    private func report(_ scopes: [String], _ obstacles: [GitObstacle] = [], lines: [String] = []) -> Report {
        for obstacle in obstacles {
            context.note("warning: \(obstacle.message)")
            context.note("hint: \(obstacle.next)")
        }
        return Report(
            lines: lines,
            json: [
                "scope": .string(scopes[0]), "scopes": .strings(scopes),
                "undone": .bool(arguments.has(.undo)),
                "entries": .array(
                    configuration.entries.map { ["key": .string($0.key), "value": .string($0.value)] }),
                "warnings": .array(
                    obstacles.map {
                        ["message": .string($0.message.withoutTokens), "next": .string($0.next.withoutTokens)]
                    }),
            ])
    }

    private func scope() -> GitScope {
        if arguments.has(.local) { return .local }
        if arguments.has(.global) { return .global }
        return Provider.detected(in: context.job) == nil ? .local : .global
    }

    private func environment() throws(MintError) -> Report {
        guard !arguments.has(.undo) else {
            throw .usage(
                "there is nothing to undo: variables end with the shell that holds them", hint: "leave out --undo")
        }
        let variables = configuration.variables(after: context.environment)
        let words = variables.map { "\($0.key)=\(shellQuoted($0.value))" }
        return report(
            ["--environment"], setup.obstacles(with: variables), lines: ["export \(words.joined(separator: " "))"])
    }
}
