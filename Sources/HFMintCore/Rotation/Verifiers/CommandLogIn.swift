extension VerifierKind {
    package static let command = VerifierKind(
        "command", help: "a program of yours: exit 0 is yes, 1 is no; it reads the secret on stdin",
        shape: ObjectShape(
            [
                .required("command", .array(.string(.any), atLeast: 1), "the program, absolute, and its arguments"),
                .optional("timeout", .string(.duration), "for one log-in (30s; 10m at the most)"),
                .attempts,
            ]
        ) { node in
            guard node["command"]?.elements.first?.string?.utf8.first == ASCII.slash else {
                return "must name its program by an absolute path"
            }
            let seconds = node.duration("timeout") ?? 30
            return (1...600).contains(seconds) ? nil : "'timeout' is 1s to 10m"
        }
    ) { node, surroundings throws(MintError) in
        CommandLogIn(
            program: CommandProgram(
                "command", words: node["command"]?.elements.compactMap(\.string) ?? [],
                milliseconds: (node.duration("timeout") ?? 30) * 1_000, context: surroundings.context),
            attempts: node.attempts)
    }
}

/// A log-in that a program of the user's tries; its stdin is the secret, without a line feed.
struct CommandLogIn: Verifier {
    let program: CommandProgram
    let attempts: Int

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
