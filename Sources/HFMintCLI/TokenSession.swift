internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct TokenSession {
    let source: IDTokenSource
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    /// - Parameter gate: what a manifest lets this job have, see ``Arguments/gate(in:)``.
    init(_ arguments: Arguments, authority: Authority, gate: Gate?, _ context: Context) throws(MintError) {
        let source = try IDTokenSource(arguments.idTokenSource, audience: authority.audience, in: context)
        let directory = try JobDirectory(
            option: arguments.value(.stateDirectory), provider: source.provider, context: context
        ).open(in: context)
        try self.init(arguments, authority: authority, gate: gate, source: source, directory: directory, context)
    }

    /// The same job with its tokens elsewhere.
    func moved(
        to directory: any PrivateDirectory, _ arguments: Arguments, _ context: Context
    ) throws(MintError) -> TokenSession {
        try TokenSession(
            arguments, authority: exchanger.authority, gate: exchanger.gate, source: source, directory: directory,
            context)
    }

    private init(
        _ arguments: Arguments, authority: Authority, gate: Gate?, source: IDTokenSource,
        directory: (any PrivateDirectory)?, _ context: Context
    ) throws(MintError) {
        self.source = source
        self.directory = directory
        if let directory { RunDirectory.sweep(directory, context: context) }
        // Without a provider nothing but the command itself could tell this job from another of the same user.
        let isTold = arguments.has(.stateDirectory) || context.environment.isSet(.hfmintStateDirectory)
        let cacheDirectory = source.isUnknownCommand && !isTold ? nil : directory
        exchanger = Exchanger(
            authority: authority, source: source, allowsUntrustedEvent: arguments.has(.allowUntrustedEvent),
            gate: gate,
            deadlineSeconds: try arguments.number(.deadline, in: 1...3_600) ?? 90,
            cache: cacheDirectory.map { TokenCache($0, context: context) }, context: context)
    }
}
