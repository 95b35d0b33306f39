package import HFMintCore

/// One command, declared once: the parser, the help, the man page and the completions read this.
///
/// Sorting the arguments touches nothing; ``run`` does the work.
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
    /// Its exit status when hfmint itself fails, for a command whose other statuses are a program's.
    package let ownFailureStatus: Int32?
    /// Whether what it prints is for `eval`: then a failure must reach the shell that evaluates it.
    package let printsShell: @Sendable (Arguments) -> Bool
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
        /// What it does, as a clause.
        package let purpose: String
        package let line: String

        package init(_ purpose: String, _ line: String) {
            self.purpose = purpose
            self.line = line
        }
    }

    package var fullName: String { name.isEmpty ? "hfmint" : "hfmint \(name)" }

    /// Its own, and `--help`.
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
