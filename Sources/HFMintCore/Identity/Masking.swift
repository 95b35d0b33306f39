/// How a provider hides a value from its logs while a job runs.
package enum Masking: Sendable {
    /// It cannot: a value must never be printed.
    case none
    /// The line `::add-mask::<value>` on stderr.
    ///
    /// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log>
    case workflowCommand
    /// The agent's redactor, over its unix socket; see ``BuildkiteJobAPI``.
    case jobAPI
}
