internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct TokenSession {
    let directory: (any PrivateDirectory)?
    /// Keeps its tokens in the directory.
    let exchanger: Exchanger
    /// Without a provider nothing but the command itself could tell this job from another of the same user.
    private let isLasting: Bool
    private let context: Context

    init(_ session: Session) throws(MintError) {
        let (call, authority) = (session.call, session.authority)
        let arguments = call.arguments
        context = call.context
        let provider = try Provider.here(arguments.value(.provider), in: context)
        // A role's member is for whom its grants say, by an ID token.
        let member = session.gate == nil ? session.member : nil
        let source: IDTokenSource?
        if member == nil {
            source = try IDTokenSource(
                arguments.idTokenSource, of: provider, audience: authority.audience, in: context)
        } else {
            try authority.checkClientSecret()
            source = nil
        }
        let directory = try call.jobDirectory(of: provider).open(in: context)
        if let directory {
            call.audit.keep(in: directory.path)
            RunDirectory.sweep(directory, on: context.machine)
        }
        self.directory = directory
        isLasting =
            source?.isUnknownCommand != true || arguments.has(.stateDirectory)
            || context.environment.isSet(.hfmintStateDirectory)
        let cache = isLasting ? directory.map { [context] in TokenCache($0, context: context) } : nil
        exchanger = Exchanger(
            authority: authority, source: source, member: member, provider: provider,
            allowsUntrustedEvent: arguments.has(.allowUntrustedEvent), gate: session.gate,
            timeLimit: try arguments.timeLimit(), cache: cache, audit: call.audit, context: context)
    }

    /// The same job with its tokens in another directory.
    func exchanger(keepingIn directory: any PrivateDirectory) -> Exchanger {
        exchanger.keeping(in: isLasting ? TokenCache(directory, context: context) : nil)
    }
}
