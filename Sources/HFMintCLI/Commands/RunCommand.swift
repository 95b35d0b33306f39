internal import HFMintCore

extension Command {
    package static let run = Command(
        name: "run",
        summary: "run a command with a token that is renewed while it runs",
        operands: "[RESOURCE] -- COMMAND [ARG]…",
        description: [
            "Runs a command that finds a Hub token through HF_TOKEN_PATH, and whose git asks hfmint. At half the token's"
                + " life its file is replaced whole, for as long as the CI system lets this job prove itself again. When"
                + " the command ends, what it was given is overwritten and removed.",
            "The exit status is the command's (128 + n if signal n ended it), 127 if it was not found, 126 if it could"
                + " not be run, and 125 if hfmint failed before it started.",
        ],
        options: [.export, .exec] + Option.exchanging + [.quiet, .verbose],
        examples: [
            Example("a training job that outlives an hour", "hfmint run acme/model -- python train.py"),
            Example(
                "for a program that reads HF_TOKEN alone (it is not renewed)",
                "hfmint run acme/model --export -- ./upload"),
            Example("without a process in between", "hfmint run acme/model --exec -- python publish.py"),
        ],
        runsAnother: true,
        ownFailureStatus: 125,
        run: RunCommand.run)
}

extension Option {
    fileprivate static let exec = Option(
        "exec", help: "become the command; then nothing is renewed, nor forgotten at the end")
}

private struct RunCommand {
    private let session: Session
    /// `nil` only for a member's token.
    private let resource: Resource?
    private var arguments: Arguments { session.call.arguments }
    private var context: Context { session.call.context }

    static func run(_ call: Call) throws(MintError) -> Report { try Self(call).run() }

    private init(_ call: Call) throws(MintError) {
        let arguments = call.arguments
        guard !arguments.childCommand.isEmpty else {
            throw .usage(
                "no command was given", hint: "put it behind two dashes: hfmint run acme/model -- python train.py")
        }
        guard arguments.operands.count <= 1 else {
            throw .usage(
                "one resource at a time; '\(arguments.operands[1])' is a second one", hint: "put the command behind --")
        }
        session = try Session(call)
        if let operand = arguments.operands.first {
            resource = try Resource(parsing: operand, endpoint: session.authority.endpoint)
        } else if session.member != nil {
            resource = nil
        } else {
            resource = try Self.unnamedResource(session)
        }
    }

    /// Returns the one resource that the role or a variable names.
    private static func unnamedResource(_ session: Session) throws(MintError) -> Resource? {
        let requests = try TokenRequest.unnamed(
            session.gate, in: session.call.context.environment, endpoint: session.authority.endpoint)
        guard requests.count <= 1 else {
            throw .usage(
                "the role names \(requests.count) resources, and a command runs with a token for one",
                hint: "name the one: \(listed(requests.map(\.purpose)))")
        }
        guard let request = requests.first else {
            throw .noResource(example: "hfmint run owner/name -- COMMAND", session.gate)
        }
        return request.resource
    }

    private func run() throws(MintError) -> Report {
        let job = try TokenSession(session)
        guard let jobDirectory = job.directory else { throw .noDirectory }
        if arguments.has(.exec) { return try become(job, jobDirectory) }
        let runDirectory = try keeping(try RunDirectory(in: jobDirectory, on: context.machine))
        defer { runDirectory.end(context.speaker) }
        let exchanger = job.exchanger(keepingIn: runDirectory.directory)
        let token = try exchanger.token(for: resource)
        try recordStart(token, exchanger)
        let keeper = try keeping(
            try TokenKeeper(
                token, for: resource, exchanger: exchanger, directory: runDirectory.directory, context: context))
        defer { keeper.end() }
        context.transport.closeIdleConnections()
        let command = child(job, token, path: keeper.path, stateDirectory: runDirectory.directory.path)
        var report: Report
        do throws(ProcessFailure) {
            report = Report(childStatus: try context.supervisor.run(command, renewal: keeper.renewal))
        } catch {
            report = notStarted(error)
        }
        do throws(MintError) {
            try recordEnd(report.childStatus ?? 0, token)
        } catch {
            // The exit status is the command's all the same.
            report.failures.append(error)
        }
        return report
    }

    /// Records the start with the name of the program, but not with its arguments, as they may hold a secret.
    private func recordStart(_ token: HubToken, _ exchanger: Exchanger) throws(MintError) {
        try exchanger.handOver([(resource, token)], as: .runStarted, how: arguments.childCommand[0])
    }

    private func recordEnd(_ status: Int32, _ token: HubToken) throws(MintError) {
        let how = "\(arguments.childCommand[0]): exit \(status)"
        try session.call.audit.record(
            AuditEvent(.runEnded, resource: resource?.canonical, reason: how, tokenSHA256: token.sha256), in: context)
    }

    private func become(_ job: TokenSession, _ directory: any PrivateDirectory) throws(MintError) -> Report {
        let token = try job.exchanger.token(for: resource)
        try recordStart(token, job.exchanger)
        try session.call.endAudit()
        let name = JobFileName.token(for: resource, of: session.member)
        try keeping(try directory.replace(name, with: token.bearer.secret))
        context.note("the token is not renewed, and `hfmint forget` is the job's to call at its end")
        let command = child(job, token, path: "\(directory.path)/\(name)", stateDirectory: directory.path)
        context.transport.closeIdleConnections()
        return notStarted(context.supervisor.become(command))
    }

    /// Returns the command with its environment: a path to the token, git's configuration, and no variable that would
    /// win over them.
    private func child(
        _ job: TokenSession, _ token: HubToken, path: String, stateDirectory: String
    ) -> SupervisedCommand {
        var added = [
            Variable(Environment.Key.hfTokenPath.name, path),
            Variable(VariableName.hfToken.expiresAt, token.expiresAt.rfc3339),
        ]
        if let resource { added.append(Variable(Environment.Key.hfmintResource.name, resource.canonical)) }
        let git = GitConfiguration(
            session.authority, programPath: context.programPath, options: helperOptions(stateDirectory))
        added += git.variables(after: context.environment).map { Variable($0.key, $0.value) }
        if case .held(let idToken)? = job.exchanger.source?.acquisition {
            added.append(Variable(Environment.Key.hfmintIDToken.name, idToken))
        } else if let idToken = context.environment.secret(.hfOIDCIDToken) {
            added.append(Variable(Environment.Key.hfmintIDToken.name, SharedSecret(idToken)))
        }
        // The token is for the Hub that gave it, so the program must not ask another.
        if arguments.has(.endpoint) {
            added.append(Variable(Environment.Key.hfEndpoint.name, session.authority.endpoint.description))
        }
        if arguments.has(.export) {
            context.note("HF_TOKEN holds the token's value, and that is not renewed")
            added.append(Variable(Environment.Key.hfToken.name, token.bearer))
        }
        return SupervisedCommand(
            arguments.childCommand,
            environment: context.environment.block(
                removing: [.hfToken, .legacyHubToken, .hfOIDCResource, .hfOIDCIDToken] + clientSecret, adding: added))
    }

    /// The variable of the client's secret, which the command must not get: with it, it could ask for any member.
    private var clientSecret: [Environment.Key] {
        if case .variable(let key)? = session.member?.client.secret { [key] } else { [] }
    }

    /// Returns the options with which the command's git helper proves the job as this call did.
    private func helperOptions(_ stateDirectory: String) -> [String] {
        ["--state-dir", stateDirectory]
            + arguments.words([.endpoint, .audience, .provider, .idTokenCommand])
            + idTokenFile + arguments.manifestWords(in: context.files.workingDirectory)
            + arguments.organizationWords(in: context.files.workingDirectory)
            + (arguments.has(.allowUntrustedEvent) ? ["--allow-untrusted-event"] : [])
    }

    /// The file by an absolute path, as git runs in other folders; a token from stdin is handed on as a variable.
    private var idTokenFile: [String] {
        guard let file = arguments.value(.idTokenFile), file != "-" else { return [] }
        return ["--id-token-file", FilePath(file).from(context.files.workingDirectory).text]
    }

    /// Returns what `work`, which keeps a token in a directory, returns.
    private func keeping<Result>(_ work: @autoclosure () throws(FileFailure) -> Result) throws(MintError) -> Result {
        do throws(FileFailure) {
            return try work()
        } catch {
            throw MintError(.stateUnusable, "cannot keep the token in '\(error.path)': \(error.reason)")
        }
    }

    /// Says why the program did not start, and returns the status that shells have for that.
    private func notStarted(_ failure: ProcessFailure) -> Report {
        let program = arguments.childCommand[0].printable
        guard failure != .notFound else {
            context.note("'\(program)' was not found")
            return Report(childStatus: 127)
        }
        context.note("'\(program)' cannot be run\(failure.reason.map { ": \($0)" } ?? "")")
        return Report(childStatus: 126)
    }
}
