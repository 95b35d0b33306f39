package import HFMintCore

/// Every command, in the order in which `hfmint help` lists them.
package let allCommands: [Command] = [
    .exchange,
    .run,
    .forget,
    .revoke,
    .doctor,
    .setupGit,
    .gitCredential,
    .rotateInit,
    .rotatePlan,
    .rotateRun,
    .rotateSchedule,
    .rotateStatus,
    .rotateNow,
    .rotateSupply,
    .rotateAdopt,
    .rotateResume,
    .rotateAbandon,
    .rotateRunbook,
    .manifestCheck,
    .manifestExplain,
    .manifestSchema,
    .auditShow,
    .auditVerify,
    .auditHead,
    .serveRun,
    .serveConfig,
    .serveExplain,
    .serveProbe,
    .fleetPlan,
    .fleetApply,
    .fleetStatus,
    .fleetDrift,
    .fleetAdopt,
    .fleetOwner,
    .completions,
    .help,
]

/// Runs hfmint once, and returns its exit status.
///
/// A call goes through this module in this order:
///
/// 1. The first words name a ``Command``. ``Arguments`` sorts the others by what it declares.
/// 2. The command, a file in `Commands/`, gets a ``Call``, and begins with a session: see ``Session``.
/// 3. It asks HFMintCore for the work, and makes a ``Report`` of the outcome.
/// 4. The audit trail ends, and ``Printer`` prints the report.
///
/// `Help`, `Manual/` and `Completions/` are made from the same declarations. This module decides nothing about tokens,
/// policies or rotations, and reaches the machine only through the seams of the ``Context``.
package func runTool(_ words: [String], in context: Context) -> Int32 {
    // The words after `--` belong to another program.
    let asksForJSON = words.prefix { $0 != "--" }.contains("--json")
    // An unknown command may be a misspelt `exchange`, whose output a shell evaluates: that shell must fail too.
    let mayBeExchange = !allGroups.contains { $0.name == words.first }
    var printer = Printer(
        output: context.output, environment: context.environment, asJSON: asksForJSON, isEvaluated: mayBeExchange)
    let status = status(of: words, in: context, &printer)
    guard status == 0, let failure = context.output.failure else { return status }
    return printer.print(MintError(.stateUnusable, failure))
}

/// Carries out the command that `words` name, prints what comes of it, and returns the exit status.
private func status(of words: [String], in context: Context, _ printer: inout Printer) -> Int32 {
    var ownFailureStatus: Int32?
    do throws(MintError) {
        let (command, rest) = try command(words)
        ownFailureStatus = command.ownFailureStatus
        printer.isEvaluated = command.printsShell(nil)
        let arguments = try Arguments(rest, for: command)
        printer.isEvaluated = command.printsShell(arguments)
        printer.asJSON = arguments.has(.json)
        var context = context
        context.speaker.verbosity = try arguments.verbosity()
        guard !arguments.has(.help) else {
            printer.asJSON = false
            return printer.print(Report(lines: Help.lines(for: command)))
        }
        return printer.print(try carryOut(command, Call(arguments, in: context)))
    } catch {
        let status = printer.print(error)
        return ownFailureStatus ?? status
    }
}

/// Runs the command, and ends its audit trail, whether or not it succeeds.
///
/// A collector that has just refused a record is not asked again.
private func carryOut(_ command: Command, _ call: Call) throws(MintError) -> Report {
    var report: Report
    do throws(MintError) {
        report = try command.run(call)
    } catch {
        try? call.endAudit(tellsHead: !command.isCalledByGit, sends: error.code != .auditUnavailable)
        throw error
    }
    do throws(MintError) {
        let wasRefused = report.failures.contains { $0.code == .auditUnavailable }
        try call.endAudit(tellsHead: !command.isCalledByGit, sends: !wasRefused)
    } catch {
        report.failures.append(error)
    }
    return report
}

/// Returns the command that the first words name, and the words after them.
private func command(_ words: [String]) throws(MintError) -> (Command, ArraySlice<String>) {
    guard let first = words.first else { return (.overview, []) }
    switch first {
    case "--version": return (.version, words.dropFirst())
    case "--help", "-h": return (.help, words.dropFirst())
    default: break
    }
    guard !first.utf8.starts(with: "-".utf8) else { return (.overview, words[...]) }
    if words.count > 1, let command = allCommands.first(where: { $0.name == "\(first) \(words[1])" }) {
        return (command, words.dropFirst(2))
    }
    if let group = allGroups.first(where: { $0.name == first }) {
        let typed = words.count > 1 ? words[1] : ""
        if typed == "--help" || typed == "-h" { return (.help, [first]) }
        throw unknownOperation(typed, of: group)
    }
    guard let command = allCommands.first(where: { $0.name == first }) else { throw unknownCommand(first) }
    return (command, words.dropFirst())
}

func unknownCommand(_ typed: String) -> MintError {
    let known = allCommands.map(\.name) + allGroups.map(\.name)
    return .usage(
        "unknown command '\(typed)'",
        hint: didYouMean(typed, among: known, ignoringCase: true) ?? "see `hfmint help`")
}

/// Returns the error for a group that was named without one of its operations.
func unknownOperation(_ typed: String, of group: CommandGroup) -> MintError {
    guard !typed.isEmpty, typed.utf8.first != ASCII.minus else {
        return .usage("'\(group.name)' needs an operation", hint: "see `hfmint help \(group.name)`")
    }
    return .usage(
        "unknown operation '\(group.name) \(typed)'",
        hint: didYouMean(typed, among: group.operations, ignoringCase: true) ?? "see `hfmint help \(group.name)`")
}
