package import HFMintCore

/// One command, declared once: the parser, the help, the man page and the completions read this.
///
/// Only ``run`` touches the machine.
///
/// ```swift
/// static let greet = Command(
///     name: "greet", summary: "say hello to somebody", operands: "NAME", description: ["Says hello."],
///     options: Option.reporting, examples: [Example("to the Hub", "hfmint greet hub")],
///     run: { call throws(MintError) in Report(lines: ["hello"], json: ["greeted": .bool(true)]) })
/// ```
package struct Command: Sendable {
    /// As typed after `hfmint`; empty for `hfmint` alone.
    package let name: String
    /// One clause, lower case, without a full stop.
    package let summary: String
    /// How its operands look in a usage line; `nil` if it takes none.
    package let operands: String?
    /// Paragraphs for the help and the man page.
    package let description: [String]
    package let options: [Option]
    package let examples: [Example]
    /// Whether the words after `--` are a program and its arguments.
    package let runsAnother: Bool
    /// The exit status when hfmint itself fails, for a command whose other statuses are a program's.
    package let ownFailureStatus: Int32?
    /// Whether a shell evaluates what the command prints, so that a failure must reach that shell.
    package let printsShell: @Sendable (Arguments) -> Bool
    /// Does the work.
    package let run: @Sendable (Call) throws(MintError) -> Report

    package init(
        name: String,
        summary: String,
        operands: String? = nil,
        description: [String],
        options: [Option],
        examples: [Example],
        runsAnother: Bool = false,
        ownFailureStatus: Int32? = nil,
        printsShell: @escaping @Sendable (Arguments) -> Bool = { _ in false },
        run: @escaping @Sendable (Call) throws(MintError) -> Report
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.description = description
        self.options = options
        self.examples = examples
        self.runsAnother = runsAnother
        self.ownFailureStatus = ownFailureStatus
        self.printsShell = printsShell
        self.run = run
    }

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

/// One call of hfmint, before anything is read: what was typed, where it runs, and what will record it.
package struct Call: Sendable {
    let arguments: Arguments
    package let context: Context
    /// Records nothing until a manifest says where.
    let audit: AuditTrail

    init(_ arguments: Arguments, in context: Context) {
        self.arguments = arguments
        self.context = context
        audit = AuditTrail(on: context.machine)
    }
}
