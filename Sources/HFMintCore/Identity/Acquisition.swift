/// How an ID token is had: a value, so that it can be printed and compared before anything is done.
package enum Acquisition: Equatable, Sendable {
    case http(HTTPAcquisition)
    /// A program of the user's that prints the token.
    case command(ChildCommand)
    /// A program of the provider's that prints the token.
    case program(ProgramAcquisition)
    case variable(Environment.Key)
    case file(String)
    /// A token that came over standard input, which can be read only once.
    case held(SharedSecret)

    /// Whether asking again gives another token, with another expiry.
    package var canMintAgain: Bool {
        switch self {
        case .http, .command, .program, .file: true
        case .variable, .held: false
        }
    }

    /// Whether the provider itself is asked, and not what somebody handed in.
    package var asksProvider: Bool {
        switch self {
        case .http, .program: true
        case .command, .variable, .file, .held: false
        }
    }

    /// The source as a message names it.
    package var source: String {
        switch self {
        case .http(let http): http.host
        case .command: "the ID token command"
        case .program(let program): "`\(program.name)`"
        case .variable(let key): key.name
        case .file(let path): "'\(path)'"
        case .held: "standard input"
        }
    }
}

extension Acquisition {
    /// Gets the token, anew at every call.
    ///
    /// - Parameter remaining: how long a command may take at most.
    package func idToken(
        in context: Context, limits: HTTPLimits, remaining: Duration? = nil
    ) throws(MintError) -> IDToken {
        let text: Secret
        switch self {
        case .http(let http): text = try http.token(in: context, limits: limits)
        case .command(var command):
            if let remaining { command.timeLimit = min(command.timeLimit, max(.milliseconds(1), remaining)) }
            text = try run(command, in: context)
        case .program(let program): text = try program.token(in: context, limits: limits)
        case .variable(let key):
            guard let value = context.environment.secret(key) else { throw unreadable("\(key.name) is not set") }
            text = value
        case .file(let path): text = try read(path, in: context)
        case .held(let held): text = held.secret.duplicate()
        }
        do throws(Malformed) {
            return try IDToken.parse(text)
        } catch {
            if case .program(let program) = self { throw program.unsuitable(error.reason) }
            if case .http(let http) = self { throw http.unsuitable(error.reason) }
            throw MintError(
                .identityUnsuitable, "\(source) did not give an ID token: \(error.reason)",
                hint: error.hint ?? "an ID token is a JWT: one line, three parts with dots between them")
        }
    }

    /// Reads standard input to its end, once and for all.
    static func standardInput(in context: Context) throws(MintError) -> Acquisition {
        do throws(FileFailure) {
            return .held(SharedSecret(try context.files.readStandardInput(.whole, limit: fileLimit)))
        } catch {
            throw Acquisition.file("/dev/stdin").unreadable(error)
        }
    }

    /// Room for a trailing line break: the parser says what is wrong with a token that is too large.
    private static let fileLimit = IDToken.byteLimit + 2

    private func read(_ path: String, in context: Context) throws(MintError) -> Secret {
        do throws(FileFailure) {
            guard let text = try context.files.read(path, limit: Self.fileLimit) else {
                throw FileFailure(path, "there is no such file")
            }
            return text
        } catch {
            throw unreadable(error)
        }
    }

    private func unreadable(_ failure: FileFailure) -> MintError {
        unreadable("cannot read \(source): \(failure.reason)", hint: "give a file that holds the ID token")
    }

    /// A job waits for its answer, so that only what the program itself puts off is tried again.
    private func run(_ command: ChildCommand, in context: Context) throws(MintError) -> Secret {
        let hint = "give a command that prints the ID token, and nothing else, on stdout"
        // Libcurl leaves its descriptors open for every program that is started.
        context.transport.closeIdleConnections()
        do throws(ProcessFailure) {
            return try context.processes.output(of: command)
        } catch {
            let what = "\(source) \(error.predicate(of: command))"
            guard error.meaning == .later else { throw unreadable(what, hint: hint) }
            throw MintError(.identityUnavailable, what, hint: "run this again later", isTransient: true)
        }
    }

    private func unreadable(_ message: String, hint: String? = nil) -> MintError {
        MintError(.identityUnsuitable, message, hint: hint)
    }
}
