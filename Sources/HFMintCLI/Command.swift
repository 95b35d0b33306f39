internal import HFMintCore

/// One command, declared once: the parser, the help, the man page and the completions read this.
///
/// Only ``run`` touches the machine.
///
/// ```swift
/// static let greet = Command(
///     name: "greet", summary: "say hello to somebody", operands: "NAME", description: ["Says hello."],
///     options: Option.reporting, examples: [Example("to the Hub", "hfmint greet hub")],
///     run: { _ in Report(lines: ["hello"], json: ["greeted": .bool(true)]) })
/// ```
package struct Command: Sendable {
    /// As typed after `hfmint`; empty for `hfmint` alone.
    package var name: String
    /// One clause, lower case, without a full stop.
    package var summary: String
    /// How its operands look in a usage line; `nil` if it takes none.
    package var operands: String?
    /// Paragraphs for the help and the man page.
    package var description: [String]
    package var options: [Option]
    package var examples: [Example]
    /// Whether the words after `--` are a program and its arguments.
    package var runsAnother = false
    /// The exit status when hfmint itself fails, for a command whose other statuses are a program's.
    package var ownFailureStatus: Int32?
    /// Whether git calls the command, so that people who work with git read its stderr.
    package var isCalledByGit = false
    /// Whether a shell evaluates what the command prints, so that a failure must reach that shell.
    ///
    /// The arguments are `nil` if they were refused.
    package var printsShell: @Sendable (Arguments?) -> Bool = { _ in false }
    var run: @Sendable (Call) throws(MintError) -> Report

    package struct Example: Sendable {
        /// What the line does, as a clause.
        package let purpose: String
        package let line: String

        package init(_ purpose: String, _ line: String) {
            self.purpose = purpose
            self.line = line
        }
    }

    /// The command as it is typed.
    package var fullName: String { name.isEmpty ? "hfmint" : "hfmint \(name)" }

    /// The command's own options, and `--help`.
    package var allOptions: [Option] { options + [.help] }

    var helpHint: String { "see `hfmint help\(name.isEmpty || name.hasPrefix("-") ? "" : " \(name)")`" }
}
