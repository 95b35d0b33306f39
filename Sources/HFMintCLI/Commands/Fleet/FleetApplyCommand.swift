internal import HFMintCore

extension Command {
    package static let fleetApply = Command(
        name: "fleet apply",
        summary: "write what differs, wave by wave, each app seen healthy before the next",
        operands: "[PLAN]",
        description: [
            "Exit status 6 means: a wave failed or was interrupted, later ones were not touched, and the next plan"
                + " shows what is left. 3: refused, also a plan that is stale; 4: the Hub is away, or the window is"
                + " shut.",
            "With a PLAN, the file of `hfmint fleet plan --out`, it does that and nothing else, and only if nothing"
                + " has moved since. Without one it plans and applies at once.",
            "Writes the settings, volumes, variables and secrets of one app back to back, then waits until the app"
                + " has restarted and is healthy. Nothing is removed without --prune. Ctrl-C and SIGTERM let the"
                + " write at hand end; a second one ends at once.",
            "With --json it prints one line for each event as it happens, and its report as the last line.",
        ],
        options: [.wave, .prune, .maxDeletes, .touchPaused, .rollback, .ignoreOrder, .release, .markdown]
            + Option.askingFleet + [.journalDirectory],
        examples: [
            Example("on main, in CI", "hfmint fleet apply --manifest hfmint.json5"),
            Example("what was reviewed, and nothing else", "hfmint fleet apply --manifest hfmint.json5 fleet.plan"),
            Example("with a release: rotate first", "hfmint fleet apply --manifest hfmint.json5 --release 2.4.0"),
        ],
        run: apply)

    private static func apply(_ call: Call) throws(MintError) -> Report {
        let markdown = try MarkdownTarget(call.arguments)
        let saved = try savedPlan(call)
        let session = try FleetSession(call)
        try saved?.checkFits(
            session.definition, on: session.endpoint, app: session.app, at: call.context.clock.now())
        var options = FleetApply.Options()
        options.prunes = call.arguments.has(.prune) || saved?.pruning != nil
        options.maxDeletes =
            if let saved { saved.pruning } else { try call.arguments.pruning(session.definition) }
        options.wave = try call.arguments.number(.wave, in: 1...10_000)
        options.touchesPaused = call.arguments.has(.touchPaused)
        options.rollsBack = call.arguments.has(.rollback)
        options.ignoresOrder = call.arguments.has(.ignoreOrder)
        if options.ignoresOrder {
            call.context.note("--ignore-order: nothing waits for the health of anything else")
        }
        let directory = try session.recordDirectory(making: true)
        if let version = call.arguments.value(.release) {
            // A rotation writes to Spaces, which restart.
            try session.definition.checkWindow(at: call.context.clock.now())
            if let unfinished = try session.rotate(for: version, rememberedIn: directory) { return unfinished }
        }
        let pruning = options.maxDeletes
        let plan: FleetPlan =
            if let saved { saved } else { try madeNow(session, in: directory, pruning: pruning) }
        guard plan.hasChanges else {
            let summary = plan.isPartial ? "nothing to change in what could be read" : "nothing to change"
            return markdown.report(
                ([summary] + plan.refused).map(\.printable), comment: ["### Fleet: \(summary)"],
                [.init("plan", .string(plan.id)), .init("left", .array([])), .init("turns", .array([]))],
                [session.unreadFailure(plan.unreadable)], in: call.context)
        }
        let progress = FleetProgress(call)
        let apply = try FleetApply(
            plan, of: session.definition, options: options, in: directory, audit: call.audit,
            context: progress.telling)
        var planNow: (() throws(MintError) -> FleetPlan)?
        if let saved {
            planNow = { () throws(MintError) in try session.survey(in: directory, pruning: saved.pruning).plan }
        }
        let outcome = try apply.run(reading: planNow) { progress.tell($0) }
        let words = OutcomeWords(outcome)
        return markdown.report(
            words.lines, comment: words.markdown, [.init("plan", .string(plan.id))] + words.json,
            [outcome.failure, session.unreadFailure(plan.unreadable)], in: call.context)
    }

    /// Plans what nobody looks at before it is written, so that a limit that is met ends it.
    private static func madeNow(
        _ session: FleetSession, in directory: (any PrivateDirectory)?, pruning: Int?
    ) throws(MintError) -> FleetPlan {
        let survey = try session.survey(in: directory, pruning: pruning)
        let count = survey.differences.count { $0.step == .prune }
        if let pruning, count > pruning {
            throw MintError(
                .planStale, "\(count) would be removed, and \(pruning) may be; nothing was written",
                hint: "see that this is meant, and say --max-deletes \(count)")
        }
        return survey.plan
    }

    private static func savedPlan(_ call: Call) throws(MintError) -> FleetPlan? {
        guard call.arguments.operands.count <= 1 else { throw .usage("'hfmint fleet apply' takes one plan") }
        guard let path = call.arguments.operands.first else { return nil }
        for option in [Option.prune, .maxDeletes, .release] where call.arguments.has(option) {
            throw .usage(
                "--\(option.name) and a plan exclude each other: the plan says what is done",
                hint: option == .release
                    ? "leave the plan out" : "hfmint fleet plan --prune --out \(shellQuoted(path))")
        }
        let hint = "make it anew: hfmint fleet plan --out \(shellQuoted(path))"
        let text: [UInt8]
        do throws(FileFailure) {
            guard let found = try call.context.files.readTrusted(path, limit: 64 << 20) else {
                throw FileFailure(path, "there is no such file")
            }
            text = found.reveal { $0.bytes }
        } catch {
            throw MintError(.stateUnusable, "cannot read the plan '\(error.path)': \(error.reason)", hint: hint)
        }
        do throws(Malformed) {
            return try FleetPlan(parsing: text)
        } catch {
            throw .usage("'\(path)' cannot be applied: \(error.reason)", hint: error.hint ?? hint)
        }
    }
}

extension Option {
    fileprivate static let wave = Option("wave", "N", help: "only this wave of the plan, if those before it are done")
    fileprivate static let touchPaused = Option("touch-paused", help: "write to a paused Space too, which may wake it")
    fileprivate static let rollback = Option("rollback", help: "put back what can be read where an app is not healthy")
    fileprivate static let ignoreOrder = Option("ignore-order", help: "one wave for all, for a first set-up")
    fileprivate static let release = Option(
        "release", "VERSION", help: "first rotate the secrets that say rotate: \"on-release\"")
}
