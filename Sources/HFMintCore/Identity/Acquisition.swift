/// A way to get an ID token: a value that can be printed and compared before anything is asked.
package enum Acquisition: Equatable, Sendable {
    case http(HTTPAcquisition)
    /// A program of the user that prints the token.
    case command(ChildCommand)
    /// A program of the provider that prints the token.
    case program(ProgramAcquisition)
    case variable(Environment.Key)
    case file(String)
    /// A token from standard input, which can be read only once.
    case held(SharedSecret)

    /// Whether the next call gives a new token with a later expiry.
    package var canMintAgain: Bool {
        switch self {
        case .http, .command, .program, .file: true
        case .variable, .held: false
        }
    }

    /// Whether the provider gives the token, and not the user.
    package var asksProvider: Bool {
        switch self {
        case .http, .program: true
        case .command, .variable, .file, .held: false
        }
    }

    /// The source of the token, for messages.
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
    /// Gets the token; every call asks again.
    ///
    /// - Parameter remaining: the longest time that a command may take.
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

    /// Reads standard input to its end, and holds the token for all later calls.
    static func standardInput(in context: Context) throws(MintError) -> Acquisition {
        do throws(FileFailure) {
            return .held(SharedSecret(try context.files.readStandardInput(.whole, limit: fileLimit)))
        } catch {
            throw Acquisition.file("/dev/stdin").unreadable(error)
        }
    }

    /// The length of the largest token and a line break; the parser refuses a token that is larger.
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

    /// Runs the command; its failure is transient only if the program itself asks to try later, as a job waits.
    private func run(_ command: ChildCommand, in context: Context) throws(MintError) -> Secret {
        let hint = "give a command that prints the ID token, and nothing else, on stdout"
        // A program that is started inherits the descriptors that libcurl leaves open.
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
