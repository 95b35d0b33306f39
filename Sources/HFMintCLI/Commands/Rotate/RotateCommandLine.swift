internal import HFMintCore

/// The `hfmint rotate …` that a person types next, with the manifest and the journal that this call was given.
///
/// ```swift
/// let command = RotateCommandLine(call.arguments)
/// command("resume", "hub-app")   // hfmint rotate resume --manifest hfmint.json5 hub-app
/// ```
struct RotateCommandLine: Sendable {
    private let options: String

    init(_ arguments: Arguments) {
        options = [Option.manifest, .journalDirectory].compactMap { option in
            arguments.value(option).map { " --\(option.name) \(shellQuoted($0))" }
        }.joined()
    }

    /// Returns the command line of this operation, with `rest` after the options.
    func callAsFunction(_ operation: String, _ rest: String...) -> String {
        (["hfmint rotate \(operation)\(options)"] + rest).joined(separator: " ")
    }
}
