extension CommandLogIn {
    static let kind = Kind<any Verifier>(
        "command", help: "a program of yours: exit 0 is yes, 1 is no; it reads the secret on stdin",
        schema: ObjectShape(
            [
                .required("command", .array(.string(.any), atLeast: 1), "the program, absolute, and its arguments"),
                .optional("timeout", .string(.duration), "for one log-in (30s; 10m at the most)"),
                .neededLogIns,
            ], rule: { $0.programComplaint })
    ) { settings in
        CommandLogIn(program: settings.program("command"), neededLogIns: settings.neededLogIns)
    }
}

/// A log-in that a program of the user's tries; its stdin is the secret, without a line feed.
struct CommandLogIn: Verifier {
    let program: CommandProgram
    let neededLogIns: Int

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        switch try program.status(input: SharedSecret(secret.duplicate())) {
        case 0: return .accepted
        case 1: return .refused
        case let other:
            throw StepFailure(
                .transient(retryAfterSeconds: nil), "command: '\(program.path)' ended with exit status \(other)")
        }
    }
}
