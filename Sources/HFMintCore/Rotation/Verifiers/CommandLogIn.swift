extension CommandLogIn {
    static let kind = Kind<any Verifier>(
        "command", help: "a program of yours: exit 0 is yes, 1 is no; it reads the secret on stdin",
        schema: ObjectShape(
            [
                .command("the program, absolute, and its arguments"),
                .optional("timeout", .string(.duration), "for one log-in (30s; 10m at the most)"),
                .neededLogIns,
            ], rule: { $0.programComplaint })
    ) { settings in
        CommandLogIn(program: settings.program("command"), neededLogIns: settings.neededLogIns)
    }
}

/// A log-in by a user's program, whose stdin is the secret, without a line feed.
///
/// Its refusal is no failure: it is the server's answer to the secret.
struct CommandLogIn: Verifier {
    let program: CommandProgram
    let neededLogIns: Int

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        do throws(ProcessFailure) {
            _ = try program.output(SharedSecret(secret.duplicate()))
            return .accepted
        } catch {
            if error.meaning == .refused { return .refused }
            throw program.failure(error, "log-in", .repeatable)
        }
    }
}
