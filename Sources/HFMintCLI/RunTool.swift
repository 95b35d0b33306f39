package import HFMintCore

/// Every command, in the order in which `hfmint help` lists them.
package let allCommands: [Command] = [
    .exchange,
    .forget,
    .revoke,
    .setupGit,
    .gitCredential,
    .help,
]

/// Runs hfmint once, and says how it went.
package func runTool(_ words: [String], in context: Context) -> MintError.ExitStatus {
    var context = context
    var printer = Printer(
        output: context.output, environment: context.environment, asJSON: words.contains("--json"))
    var isEvaluated = words.first == Command.exchange.name
    do throws(MintError) {
        let (command, rest) = try command(words)
        let arguments = try Arguments(rest, for: command)
        isEvaluated = command.printsShell(arguments)
        printer = Printer(
            output: context.output, environment: context.environment, asJSON: arguments.has(.json))
        context.verbosity = try arguments.verbosity()
        let report =
            arguments.has(.help)
            ? Report(lines: Help.lines(for: command), json: .null) : try command.run(arguments, context)
        printer.print(report)
        return report.failures.first?.code.exitStatus ?? .success
    } catch {
        printer.print(error, evaluated: isEvaluated)
        return error.code.exitStatus
    }
}

/// The command that the first word names, and the words after it.
private func command(_ words: [String]) throws(MintError) -> (Command, ArraySlice<String>) {
    guard let first = words.first else { return (.overview, []) }
    switch first {
    case "--version": return (.version, words.dropFirst())
    case "--help", "-h": return (.help, words.dropFirst())
    default: break
    }
    guard !first.utf8.starts(with: "-".utf8) else { return (.overview, words[...]) }
    guard let command = allCommands.first(where: { $0.name == first }) else {
        throw .usage(
            "unknown command '\(first)'",
            hint: didYouMean(first, among: allCommands.map(\.name)) ?? "see `hfmint help`")
    }
    return (command, words.dropFirst())
}
