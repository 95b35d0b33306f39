/// The ways in which a step tells later steps its variables and its outputs.
package enum StepFiles: Sendable {
    /// None that is safe; the hint says what to do in its place.
    case none(instead: String)
    /// `NAME<<delimiter` blocks, appended to the file that the first of these variables names which is set.
    ///
    /// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#environment-files>
    case heredoc(environment: [Environment.Key], output: [Environment.Key])
    /// `export NAME='value'` lines, appended to a file that each later step's shell reads first.
    case exports(Environment.Key)
    /// `NAME=value` lines for a last stage, `reaches`, and for no step before it.
    case lines(Environment.Key, reaches: String)
    /// The agent's Job API; see ``BuildkiteJobAPI``.
    case jobAPI

    /// The hint where nothing crosses from one step to the next.
    package static let sameStep = "use eval \"$(hfmint exchange …)\" in the step that needs the token"

    /// The variables that name files which this provider hands on.
    package var fileVariables: [Environment.Key] {
        switch self {
        case .none, .jobAPI: []
        case .heredoc(let environment, let output): environment + output
        case .exports(let key), .lines(let key, _): [key]
        }
    }
}
