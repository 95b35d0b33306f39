internal import HFMintCore

extension Command {
    package static let completions = Command(
        name: "completions",
        summary: "print what lets a shell complete hfmint's commands and options",
        operands: shells,
        description: [
            "Prints a script for bash, zsh or fish that completes commands, options, the words that an option accepts,"
                + " and paths. The Debian package has installed all three."
        ],
        options: [],
        examples: [
            Example("bash, for this user", "hfmint completions bash >> ~/.bash_completion"),
            Example("zsh, into a folder on its fpath", "hfmint completions zsh > \"${fpath[1]}/_hfmint\""),
            Example("fish", "hfmint completions fish > ~/.config/fish/completions/hfmint.fish"),
        ],
        run: script)

    private static let shells = CompletionShell.allCases.map(\.rawValue).joined(separator: " | ")

    private static func script(_ call: Call) throws(MintError) -> Report {
        let operands = call.arguments.operands
        guard operands.count == 1, let shell = CompletionShell(rawValue: operands[0]) else {
            throw .usage(
                operands.isEmpty ? "no shell was named" : "no completions for '\(operands.joined(separator: " "))'",
                hint: "hfmint completions \(shells)")
        }
        return Report(lines: shell.script)
    }
}
