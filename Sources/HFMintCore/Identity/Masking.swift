/// The way in which a provider hides a value from its logs while a job runs.
package enum Masking: Sendable {
    /// None: hfmint must never print the value.
    case none
    /// The line `::add-mask::<value>` on stderr.
    ///
    /// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log>
    case workflowCommand
    /// The redactor of the job's agent, over its unix socket.
    case jobAPI
}
