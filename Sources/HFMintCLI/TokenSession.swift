internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct TokenSession {
    /// `nil` where an organization's client vouches for the job, and no ID token is asked for.
    let source: IDTokenSource?
    let provider: Provider?
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    private let call: Call

    init(_ session: Session) throws(MintError) {
        let (call, authority) = (session.call, session.authority)
        let (arguments, context) = (call.arguments, call.context)
        // A role's member is for whom its grants say, by an ID token.
        let member = session.gate == nil ? session.member : nil
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
        if let directory { call.audit.keep(in: directory.path) }
        let exchanger = Exchanger(
            authority: authority, source: source, member: member, provider: provider,
            allowsUntrustedEvent: arguments.has(.allowUntrustedEvent), gate: session.gate,
            deadlineSeconds: try arguments.deadlineSeconds(), audit: call.audit, context: context)
        self.init(exchanger, directory, call)
    }

    /// The same job with its tokens elsewhere.
    func moved(to directory: any PrivateDirectory) -> TokenSession { TokenSession(exchanger, directory, call) }

    private init(_ exchanger: Exchanger, _ directory: (any PrivateDirectory)?, _ call: Call) {
        source = exchanger.source
        provider = exchanger.provider
        self.directory = directory
        self.call = call
        if let directory { RunDirectory.sweep(directory, on: call.context.machine) }
        let isLasting = Self.isLasting(source, call)
        self.exchanger = exchanger.keeping(
            in: isLasting ? directory.map { TokenCache($0, context: call.context) } : nil)
    }

    /// Without a provider nothing but the command itself could tell this job from another of the same user.
    private static func isLasting(_ source: IDTokenSource?, _ call: Call) -> Bool {
        source?.isUnknownCommand != true || call.arguments.has(.stateDirectory)
            || call.context.environment.isSet(.hfmintStateDirectory)
    }
}
