/// Where this run's ID token comes from, and who vouches for it.
package struct IDTokenSource: Sendable {
    package let acquisition: Acquisition
    /// The provider this job runs on, where one is recognised; also when the token came by another way.
    package let provider: Provider?

    /// What the command line says about the source.
    package struct Options: Sendable {
        package var file: String?
        package var command: String?
        package var provider: String?

        package init(file: String? = nil, command: String? = nil, provider: String? = nil) {
            self.file = file
            self.command = command
            self.provider = provider
        }
    }

    /// How somebody handed this job an ID token, whatever the provider: in a variable, or in a file that is kept fresh.
    package static func given(_ environment: Environment) -> Acquisition? {
        if let key = [.hfOIDCIDToken, .hfmintIDToken].first(where: { environment.isSet($0) }) { return .variable(key) }
        return environment[.hfmintIDTokenFile].map { .file($0) }
    }

    /// Asks in this order: an option, what was ``given(_:)``, the providers in ``allProviders``.
    ///
    /// - Throws: ``MintError/Code/identityNotFound`` where nothing here can prove which job this is.
    package init(_ options: Options, audience: String, in context: Context) throws(MintError) {
        let given = [
            options.file.map { _ in "--id-token-file" }, options.command.map { _ in "--id-token-command" },
            options.provider.map { _ in "--provider" },
        ].compactMap(\.self)
        guard given.count <= 1 else {
            throw .usage("\(given.joined(separator: " and ")) exclude each other", hint: "give one of them")
        }
        provider = try Provider.here(options.provider, in: context)
        if let file = options.file {
            acquisition = try file == "-" ? .standardInput(in: context) : .file(file)
        } else if let command = options.command {
            acquisition = .command(ChildCommand(["/bin/sh", "-c", command]))
        } else if options.provider == nil, let given = Self.given(context.environment) {
            acquisition = given
        } else if let provider {
            acquisition = try provider.acquisition(context.job, audience)
        } else {
            throw .identityNotFound(in: context.environment)
        }
    }
}

extension Acquisition {
    /// Gets the token, anew at every call.
    ///
    /// - Parameter remaining: how long a command may take at most.
    package func idToken(
        in context: Context, limits: HTTPLimits, remaining: Duration? = nil
    ) throws(TryFailure) -> IDToken {
        let text: Secret
        switch self {
        case .http(let http): text = try http.token(in: context, limits: limits)
        case .command(var command):
            command.milliseconds = min(command.milliseconds, max(1, remaining?.milliseconds ?? .max))
            text = try run(command, in: context)
        case .program(let program): text = try program.token(in: context, limits: limits)
        case .variable(let key):
            guard let value = context.environment.secret(key) else { throw unreadable("\(key.name) is not set") }
            text = value
        case .file(let path): text = try read(path, in: context)
        case .held(let held): text = held.secret.duplicate()
        }
        do throws(NotAnIDToken) {
            return try IDToken.parse(text)
        } catch {
            if case .program(let program) = self { throw program.unsuitable(error.reason) }
            if case .http(let http) = self { throw http.unsuitable(error.reason) }
            throw TryFailure(
                MintError(
                    .identityUnsuitable, "\(source) did not give an ID token: \(error.reason)",
                    hint: error.hint ?? "an ID token is a JWT: one line, three parts with dots between them"))
        }
    }

    /// Reads standard input to its end, once and for all.
    fileprivate static func standardInput(in context: Context) throws(MintError) -> Acquisition {
        do throws(TryFailure) {
            return .held(SharedSecret(try Acquisition.file("/dev/stdin").read("/dev/stdin", in: context)))
        } catch {
            throw error.error
        }
    }

    private func read(_ path: String, in context: Context) throws(TryFailure) -> Secret {
        do throws(FileFailure) {
            // Room for a trailing line break: the parser says what is wrong with a token that is too large.
            guard let text = try context.files.read(path, limit: IDToken.byteLimit + 2) else {
                throw FileFailure(path, "there is no such file")
            }
            return text
        } catch {
            throw unreadable("cannot read \(source): \(error.reason)", hint: "give a file that holds the ID token")
        }
    }

    private func run(_ command: ChildCommand, in context: Context) throws(TryFailure) -> Secret {
        let hint = "give a command that prints the ID token, and nothing else, on stdout"
        let result: ChildResult
        // Libcurl leaves its descriptors open for every program that is started.
        context.transport.closeIdleConnections()
        do throws(ProcessFailure) {
            result = try context.processes.run(command)
        } catch {
            switch error {
            case .notFound: throw unreadable("\(source) was not found", hint: hint)
            case .timedOut:
                throw unreadable("\(source) took longer than \(inSeconds(command.milliseconds))", hint: hint)
            case .tooMuchOutput:
                throw unreadable("\(source) printed more than \(command.byteLimit >> 10) KiB", hint: hint)
            case .outOfSight: throw unreadable("\(source): \(error.clause)", hint: hint)
            case .cannotStart(let reason), .cannotStartNow(let reason):
                throw unreadable("\(source) could not be started: \(reason)", hint: hint)
            }
        }
        guard result.status == 0 else {
            throw unreadable("\(source) failed with status \(result.status)", hint: hint)
        }
        return result.output
    }

    private func unreadable(_ message: String, hint: String? = nil) -> TryFailure {
        TryFailure(MintError(.identityUnsuitable, message, hint: hint))
    }
}

extension MintError {
    /// Nothing here can prove which job this is; a container may have been given half of what would.
    static func identityNotFound(in environment: Environment) -> MintError {
        let what = "no CI system was recognised here, and no ID token was given"
        for provider in allProviders {
            guard let key = provider.traces.first(where: { environment.isSet($0) }) else { continue }
            return MintError(
                .identityNotFound,
                "\(what); \(key.name) is set, as on \(provider.title), and \(provider.evidence) is not",
                hint: "give --provider \(provider.name), or pass \(provider.evidence) on as well (docker run -e)")
        }
        return MintError(
            .identityNotFound, what,
            hint: "run this in a CI job, or give --id-token-file, --id-token-command, or HF_OIDC_ID_TOKEN")
    }
}
