internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct TokenSession {
    /// `nil` where an organization's client vouches for the job, and no ID token is asked for.
    let source: IDTokenSource?
    let provider: Provider?
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    /// - Parameter gate: what a manifest lets this job have, see ``Arguments/openGate(in:)``.
    init(_ arguments: Arguments, authority: Authority, gate: Gate?, _ context: Context) throws(MintError) {
        let member = try arguments.organizationMember()
        let source: IDTokenSource?
        if member == nil {
            source = try IDTokenSource(arguments.idTokenSource, audience: authority.audience, in: context)
        } else {
            try authority.checkClientSecret()
            source = nil
        }
        let provider = source == nil ? try Provider.here(arguments.value(.provider), in: context) : source?.provider
        let directory = try JobDirectory(
            option: arguments.value(.stateDirectory), provider: provider, context: context
        ).open(in: context)
        let isLasting = Self.isLasting(source, arguments, context)
        let exchanger = Exchanger(
            authority: authority, source: source, member: member, provider: provider,
            allowsUntrustedEvent: arguments.has(.allowUntrustedEvent), gate: gate,
            deadlineSeconds: try arguments.deadlineSeconds(), context: context)
        self.init(exchanger, directory, isLasting, context)
    }

    /// The same job with its tokens elsewhere.
    func moved(to directory: any PrivateDirectory, _ arguments: Arguments, _ context: Context) -> TokenSession {
        TokenSession(exchanger, directory, Self.isLasting(source, arguments, context), context)
    }

    private init(
        _ exchanger: Exchanger, _ directory: (any PrivateDirectory)?, _ isLasting: Bool, _ context: Context
    ) {
        source = exchanger.source
        provider = exchanger.provider
        self.directory = directory
        if let directory { RunDirectory.sweep(directory, context: context) }
        let cache = isLasting ? directory.map { TokenCache($0, context: context) } : nil
        self.exchanger = exchanger.keeping(in: cache)
    }

    /// Without a provider nothing but the command itself could tell this job from another of the same user.
    private static func isLasting(_ source: IDTokenSource?, _ arguments: Arguments, _ context: Context) -> Bool {
        source?.isUnknownCommand != true || arguments.has(.stateDirectory)
            || context.environment.isSet(.hfmintStateDirectory)
    }
}
