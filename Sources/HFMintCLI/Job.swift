internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct Job {
    let source: IDTokenSource
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    /// - Parameters:
    ///   - source: instead of asking again, as standard input gives an ID token once.
    ///   - stateDirectory: instead of the one that options and variables name.
    init(
        _ arguments: Arguments, authority: Authority, source: IDTokenSource? = nil,
        stateDirectory: (any PrivateDirectory)? = nil, _ context: Context
    ) throws(MintError) {
        if let source {
            self.source = source
        } else {
            self.source = try IDTokenSource(arguments.idTokenSource, audience: authority.audience, in: context)
        }
        let platform = self.source.platform
        if let stateDirectory {
            directory = stateDirectory
        } else {
            directory = try JobDirectory(
                option: arguments.value(.stateDirectory), platform: platform, context: context
            ).open(in: context)
        }
        if let directory { RunDirectory.sweep(directory, context: context) }
        exchanger = Exchanger(
            authority: authority, source: self.source, allowsUntrustedEvent: arguments.has(.allowUntrustedEvent),
            deadlineSeconds: try arguments.number(.deadline, in: 1...3_600) ?? 90,
            cache: directory.map { TokenCache($0, context: context) }, context: context)
    }
}
