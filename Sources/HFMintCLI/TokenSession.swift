internal import HFMintCore

/// The start of `exchange`, `run` and the git helper: who this job is, where its tokens are, and how it gets one.
struct TokenSession {
    let directory: (any PrivateDirectory)?
    /// Gets tokens, and keeps them in ``directory``.
    let exchanger: Exchanger
    /// Whether tokens are kept for the job's next calls.
    ///
    /// Without a provider, only the ID token command could tell this job from another job of the same user. Tokens are
    /// then kept only in a directory that somebody named.
    private let keepsTokens: Bool
    private let context: Context

    init(_ session: Session) throws(MintError) {
        let (call, authority) = (session.call, session.authority)
        let arguments = call.arguments
        context = call.context
        let provider = try Provider.chosen(arguments.value(.provider), else: session.detected)
        // Under a manifest, a member's token needs an ID token too: a grant says which jobs have the member's role.
        let member = session.gate == nil ? session.member : nil
        let source: IDTokenSource?
        if member == nil {
            source = try IDTokenSource(arguments.idTokenSource, of: provider, audience: authority.audience, in: context)
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
        keepsTokens =
            source?.isUnknownCommand != true || arguments.has(.stateDirectory)
            || context.environment.isSet(.hfmintStateDirectory)
        let cache = keepsTokens ? directory.map { [context] in TokenCache($0, context: context) } : nil
        exchanger = Exchanger(
            authority: authority, source: source, member: member, provider: provider,
            allowsUntrustedEvent: arguments.has(.allowUntrustedEvent), gate: session.gate,
            timeLimit: try arguments.timeLimit(), cache: cache, audit: call.audit, context: context)
    }

    /// Returns an exchanger for the same job that keeps its tokens in another directory.
    func exchanger(keepingIn directory: any PrivateDirectory) -> Exchanger {
        exchanger.keeping(in: keepsTokens ? TokenCache(directory, context: context) : nil)
    }
}
