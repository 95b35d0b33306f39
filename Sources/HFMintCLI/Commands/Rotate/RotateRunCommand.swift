internal import HFMintCore

extension Command {
    package static let rotateRun = Command(
        name: "rotate run",
        summary: "do what is due, and go on with what is under way",
        description: [
            "Takes every rotation that is due, or under way, as far as it can go now, side by side; what must wait (an"
                + " overlap, an agreement) is taken up by the next run. Call it from a timer: `hfmint rotate schedule`"
                + " prints one.",
            "The exit status is that of the highest need: a journal that cannot be used (5), a person (6), later (4).",
        ],
        options: Option.rotating,
        examples: [
            Example(
                "from a timer, see `hfmint rotate schedule`", "hfmint rotate run --manifest /etc/hfmint/hfmint.json5"),
            Example("for a script: what was done, and when the next is due", "hfmint rotate run --json"),
        ],
        run: runDue)

    private static func runDue(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let rotations = try session.rotations()
        let results = rotations.run(order: .due)
        session.noteForgotten(rotations.forgotten())
        return session.report(results)
    }

    package static let rotateNow = Command(
        name: "rotate now",
        summary: "rotate one secret now, whether or not it is due",
        operands: "NAME",
        description: [
            "Begins a rotation, or goes on with it, whatever the schedule says.",
            "With --leaked there is no overlap, and nobody is asked to agree: callbacks are told, and the old secret is"
                + " retired as soon as every sink has the new one; with --grace also when some sinks still fail after"
                + " that time, and then they are named.",
            "A target that is not there is made only where its sink says `create: true`. What a sink holds before its first"
                + " rotation must log in with the client; --overwrite is your word that it may be lost all the same.",
        ],
        options: [.leaked, .grace, .overwrite] + Option.rotating,
        examples: [
            Example("ahead of a release", "hfmint rotate now hub-app"),
            Example("the secret was in a log", "hfmint rotate now hub-app --leaked"),
        ],
        run: runNow)

    private static func runNow(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let definition = try session.definition()
        let cause: RotationState.Cause = call.arguments.has(.leaked) ? .leaked : .now
        let grace = try grace(call.arguments)
        let options = (cause == .leaked ? ["--leaked"] : []) + call.arguments.words([.grace])
        let again = session.command("now", ([definition.name] + options).joined(separator: " "))
        let results = try session.rotations().run(
            [definition.name], order: .now(cause, grace: grace, overwriting: call.arguments.has(.overwrite)))
        var report = session.report(results) { problem($0, cause, session.command, again) }
        if cause == .leaked {
            let isRetired = results.allSatisfy { $0.stop == .finished }
            let left = isRetired ? "" : "not revoked yet: the leaked secret itself, until this rotation is done\n"
            report.text.append(
                .text(left + "not revoked: tokens that were issued with the old secret live until they expire\n"))
        }
        return report
    }

    /// Returns what failed, or nil; an order that was not taken, or did not retire a leaked secret, has failed.
    private static func problem(
        _ result: Rotations.RunResult, _ cause: RotationState.Cause, _ command: RotateCommandLine, _ again: String
    ) -> MintError? {
        switch result.stop {
        case .busy:
            return MintError(
                .serviceUnavailable, "\(result.name): another process works on it, and did not hear this order",
                hint: "in a moment: \(again)")
        case .finished where cause == .leaked && result.overlaps && result.state.predecessor.id == nil:
            return MintError(
                .rotationAttention,
                "\(result.name): no old secret was known, and none is retired: the leaked one may still work",
                hint: "`\(command("init"))` lists the ids; then: \(command("adopt", result.name, "ID")) && \(again)")
        default: return result.failure(command)
        }
    }

    /// Returns the value of `--grace` in seconds, or nil.
    private static func grace(_ arguments: Arguments) throws(MintError) -> Int? {
        guard let text = arguments.value(.grace) else { return nil }
        guard arguments.has(.leaked) else { throw .usage("--grace is for --leaked") }
        guard let duration = Seconds(parsing: text) else {
            throw .usage("'\(text)' is not a duration", hint: "for instance --grace 10m")
        }
        return duration.count
    }
}

extension Option {
    fileprivate static let grace = Option(
        "grace", "DURATION", help: "with --leaked: retire the old secret after this time though a sink fails")
    static let overwrite = Option("overwrite", help: "what the sinks hold may be lost, whatever it is")
    fileprivate static let leaked = Option("leaked", help: "the old secret is known to others: retire it at once")
}
