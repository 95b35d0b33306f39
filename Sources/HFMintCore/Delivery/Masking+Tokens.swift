extension Masking {
    /// Whether this job can hide a new value from its log.
    package func canMask(in environment: Environment) -> Bool {
        switch self {
        case .none: false
        case .workflowCommand: true
        case .jobAPI: BuildkiteJobAPI(environment) != nil
        }
    }

    /// Hides `tokens` from the job's log from now on.
    ///
    /// - Parameter mustMask: whether a value leaves hfmint next. Only then does hfmint write a workflow command, since
    ///   that prints the value for the runner to swallow. It asks an agent to redact in any case, as a later step may
    ///   print the token's file.
    func mask(_ tokens: [NamedToken], mustMask: Bool, in context: Context) throws(MintError) {
        switch self {
        case .none: break
        case .workflowCommand:
            guard mustMask else { return }
            // One write with the line feed in front, so that nothing on an unfinished line hides the command.
            let lines: [TextOrToken] = tokens.flatMap {
                [.text("::add-mask::"), .token($0.token.bearer), .text("\n")]
            }
            context.output.write(Secret(joining: [.text("\n")] + lines), to: .err)
        case .jobAPI:
            guard let agent = BuildkiteJobAPI(context.environment) else { return }
            do throws(MintError) {
                for named in tokens { try agent.redact(named.token, in: context) }
            } catch {
                guard !mustMask else { throw error }
                context.note("warning: the token could not be redacted from the log: \(error.message)")
            }
        }
    }
}
