internal import HFMintCore

/// `hfmint rotate …` as it is typed next: with the manifest and the journal that somebody named this time.
///
/// Without these options it would be about another manifest, or at three in the morning about none.
struct RotateCommand: Sendable {
    private let options: String

    init(_ arguments: Arguments) {
        options = [Option.manifest, .journalDirectory].compactMap { option in
            arguments.value(option).map { " --\(option.name) \(shellQuoted($0))" }
        }.joined()
    }

    /// Returns the command of this operation, with `rest` behind the options.
    func callAsFunction(_ operation: String, _ rest: String...) -> String {
        (["hfmint rotate \(operation)\(options)"] + rest).joined(separator: " ")
    }
}
