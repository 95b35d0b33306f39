/// The way in which a step hands variables and outputs to later steps.
package enum StepFiles: Sendable {
    /// No safe way; the hint says what to do instead.
    case none(instead: String)
    /// `NAME<<delimiter` blocks in a file, whose path is in the first of these variables that is set.
    ///
    /// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#environment-files>
    case heredoc(environment: [Environment.Key], output: [Environment.Key])
    /// `export NAME='value'` lines in a file that the shell of each later step reads first.
    case exports(Environment.Key)
    /// `NAME=value` lines for the last stage, `reaches`, and for no earlier step.
    case lines(Environment.Key, reaches: String)
    /// The Job API of the job's agent, over its unix socket.
    case jobAPI

    /// The hint for a provider without such a way.
    package static let sameStep = "use eval \"$(hfmint exchange …)\" in the step that needs the token"

    package var fileVariables: [Environment.Key] {
        switch self {
        case .none, .jobAPI: []
        case .heredoc(let environment, let output): environment + output
        case .exports(let key), .lines(let key, _): [key]
        }
    }
}
