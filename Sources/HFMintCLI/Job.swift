internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct Job {
    let source: IDTokenSource
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    /// - Parameter stateDirectory: instead of the one that options and variables name.
    init(
        _ arguments: Arguments, authority: Authority, stateDirectory: (any PrivateDirectory)? = nil, _ context: Context
    ) throws(MintError) {
        source = try IDTokenSource(arguments.idTokenSource, audience: authority.audience, in: context)
        let platform = source.platform
        if let stateDirectory {
            directory = stateDirectory
        } else {
            directory = try JobDirectory(
                option: arguments.value(.stateDirectory), platform: platform, context: context
            ).open(in: context)
        }
        if let directory { RunDirectory.sweep(directory, context: context) }
        exchanger = Exchanger(
            authority: authority, source: source, allowsUntrustedEvent: arguments.has(.allowUntrustedEvent),
            deadlineSeconds: try arguments.number(.deadline, in: 1...3_600) ?? 90,
            cache: directory.map { TokenCache($0, context: context) }, context: context)
    }
}
