/// An option of the command line, declared once: the parser, the help, the man page and the completions read this.
package struct Option: Hashable, Sendable {
    /// The name without its dashes.
    package let name: String
    /// What stands for its value in the help; `nil` for a switch.
    package let value: String?
    /// One clause, lower case, without a full stop.
    package let help: String
    /// Whether it may be given more than once.
    package let repeats: Bool
    /// The words that its value may be, for completions.
    package let choices: [String]

    package init(
        _ name: String, _ value: String? = nil, repeats: Bool = false, choices: [String] = [], help: String
    ) {
        self.name = name
        self.value = value
        self.repeats = repeats
        self.choices = choices
        self.help = help
    }

    /// The option as a usage line shows it: `--audience AUD`.
    package var usage: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
}
