internal import HFMintCore

extension Command {
    package static let fleetPlan = Command(
        name: "fleet plan",
        summary: "show what differs between the manifest and the Hub, and write nothing",
        description: [
            "Exit status 6 means: there are changes, and --detailed-exitcode asks for it; without it, a plan exits 0."
                + " 3 where the Hub refused to show something, 4 where it is away.",
            "Reads what the manifest declares, compares, and prints what an apply would write, wave by wave: each"
                + " path with what is there and what should be, whether the app restarts, and what cannot be taken"
                + " back. Of a secret it shows no value.",
            "With --out the plan goes into a file, which `hfmint fleet apply FILE` takes within an hour, and refuses"
                + " if anything has moved. With --markdown it becomes the text of a comment.",
        ],
        options: [.out, .markdown, .detailedExitCode, .prune, .maxDeletes] + Option.askingFleet,
        examples: [
            Example("what would change?", "hfmint fleet plan --manifest hfmint.json5"),
            Example("of one app", "hfmint fleet plan --manifest hfmint.json5 --app apps/chat.json5"),
            Example("for a pull request", "hfmint fleet plan --manifest hfmint.json5 --markdown plan.md"),
            Example("to be applied as it is", "hfmint fleet plan --manifest hfmint.json5 --out fleet.plan"),
        ],
        run: plan)

    private static func plan(_ call: Call) throws(MintError) -> Report {
        let markdown = try MarkdownTarget(call.arguments)
        guard call.arguments.value(.out) != "-" else {
            throw .usage("a plan goes into a file", hint: "name one; --json prints on stdout what differs")
        }
        let session = try FleetSession(call)
        let pruning = try call.arguments.pruning(session.definition)
        let survey = try session.survey(in: session.recordDirectory(making: false), pruning: pruning)
        let (plan, words) = (survey.plan, survey.words(asPlan: true))
        if let path = call.arguments.value(.out) { try plan.write(to: path, in: call.context) }
        var failure: MintError?
        if call.arguments.has(.detailedExitCode), plan.hasChanges {
            failure = MintError(
                .driftFound, "the plan has \(counted(plan.changes.count, "change"))", hint: session.command("apply"))
        }
        let json: [JSONValue.Member] = [
            .init("id", .string(plan.id)), .init("created_at", .string(plan.createdAt.rfc3339)),
            .init("expires_at", .string(plan.expiresAt.rfc3339)), .init("partial", .bool(plan.isPartial)),
            .init("refused", .strings(plan.refused)), .init("waves", .array(plan.waves.map { .strings($0) })),
        ]
        return markdown.report(
            words.lines, comment: words.markdown, json + words.json,
            [failure, session.unreadFailure(words.unread)], in: call.context)
    }
}

extension FleetPlan {
    /// Writes the file of the plan, in place of nothing but another plan.
    fileprivate func write(to path: String, in context: Context) throws(MintError) {
        do throws(FileFailure) {
            try context.files.replacePublicFile(path, with: String(decoding: rendered(), as: UTF8.self)) { old in
                old.count == 0 || (try? FleetPlan(parsing: old.bytes)) != nil
            }
        } catch {
            throw MintError(
                .stateUnusable, "cannot write the plan to '\(error.path)': \(error.reason)",
                hint: "name a file that is not there yet")
        }
    }
}

extension Option {
    fileprivate static let detailedExitCode = Option("detailed-exitcode", help: "exit 6 if the plan has changes")
    fileprivate static let out = Option("out", "PATH", help: "write the plan, which holds no secret, to this file")
    static let prune = Option("prune", help: "remove secrets that hfmint wrote and the manifest no longer names")
    static let maxDeletes = Option(
        "max-deletes", "N", help: "with --prune: the most (default: the manifest's, else 10)")
}

extension Arguments {
    /// Returns the most that may be deleted, or nil if nothing is.
    func pruning(_ definition: FleetDefinition) throws(MintError) -> Int? {
        let most = try number(.maxDeletes, in: 0...10_000)
        guard has(.prune) else {
            guard most == nil else { throw .usage("--max-deletes belongs to --prune", hint: "give both, or neither") }
            return nil
        }
        return most ?? definition.maxDeletes
    }
}
