/// A program of the provider on `PATH` that prints an ID token.
package struct ProgramAcquisition: Equatable, Sendable {
    package let provider: String
    /// The program and its subcommand, without options.
    package let name: String
    /// The command line, without a secret: the program finds its secrets in the environment.
    package let command: ChildCommand
    /// The variables that tell the program which identity to use.
    package let identityVariables: [Environment.Key]
    package let missingHint: String
    package let failureHint: String

    package init(
        provider: String, name: String, options: [String], identityVariables: [Environment.Key] = [],
        missingHint: String, failureHint: String
    ) {
        self.provider = provider
        self.name = name
        self.identityVariables = identityVariables
        self.missingHint = missingHint
        self.failureHint = failureHint
        let words = name.utf8.split(separator: ASCII.space).map { String(decoding: $0, as: UTF8.self) }
        command = ChildCommand(words + options)
    }
}

extension ProgramAcquisition {
    /// Runs the program once, and returns what it prints; its own error messages go to stderr.
    func token(in context: Context, limits: HTTPLimits) throws(MintError) -> Secret {
        var command = command
        command.timeLimit = min(command.timeLimit, .milliseconds(limits.totalMilliseconds))
        do throws(ProcessFailure) {
            return try context.processes.output(of: command)
        } catch {
            throw failure(error, command)
        }
    }

    /// Returns the error for an output that is not an ID token; usually another program has the same name.
    func unsuitable(_ reason: String) -> MintError {
        MintError(.identityUnsuitable, "\(provider): `\(name)` did not print an ID token: \(reason)", hint: failureHint)
    }

    private func failure(_ failure: ProcessFailure, _ command: ChildCommand) -> MintError {
        let what = "\(provider): `\(name)` \(failure.predicate(of: command))"
        return switch failure {
        case .notFound:
            MintError(
                .identityDenied, "\(provider): the program '\(command.arguments[0])' is not on PATH", hint: missingHint)
        case .timedOut:
            MintError(
                .identityUnavailable, what, hint: "the CI system is having trouble; try again", isTransient: true)
        case .tooMuchOutput: MintError(.identityUnsuitable, what, hint: failureHint)
        case .exited(let status):
            MintError(.identityDenied, "\(provider): `\(name)` failed with status \(status)", hint: failureHint)
        case .cannotStart, .cannotStartNow, .outOfSight: MintError(.identityDenied, what, hint: missingHint)
        }
    }
}
