internal import HFMintCore

/// A shell that completes hfmint's command line with a script.
enum CompletionShell: String, CaseIterable {
    case bash
    case zsh
    case fish

    var script: [String] {
        switch self {
        case .bash: BashCompletions.script
        case .zsh: ZshCompletions.script
        case .fish: FishCompletions.script
        }
    }

    /// What the first line of the script says.
    var title: String { "\(rawValue) completion for hfmint \(hfmintVersion), made by `hfmint completions \(rawValue)`" }
}
