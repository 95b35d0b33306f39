internal import HFMintCore

/// What `exchange`, `run` and the git helper have in common: who this job is, where its tokens lie, how it gets one.
struct Job {
    /// `nil` where an organization's client vouches for the job, and no ID token is asked for.
    let source: IDTokenSource?
    let platform: Provider?
    let member: OrganizationMember?
    let directory: (any PrivateDirectory)?
    let exchanger: Exchanger

    init(_ arguments: Arguments, authority: Authority, _ context: Context) throws(MintError) {
        let member = try arguments.organizationMember()
        let source: IDTokenSource?
        let platform: Provider?
        if member == nil {
            source = try IDTokenSource(arguments.idTokenSource, audience: authority.audience, in: context)
            platform = source?.platform
        } else {
            try authority.checkClientSecret()
            source = nil
            platform = try Provider.here(arguments.value(.provider), in: context)
        }
        let directory = try JobDirectory(
            option: arguments.value(.stateDirectory), platform: platform, context: context
        ).open(in: context)
        try self.init(
            arguments, authority: authority, member: member, source: source, platform: platform, directory: directory,
            context)
    }

    /// The same job with its tokens elsewhere.
    func moved(
        to directory: any PrivateDirectory, _ arguments: Arguments, _ context: Context
    ) throws(MintError) -> Job {
        try Job(
            arguments, authority: exchanger.authority, member: member, source: source, platform: platform,
            directory: directory, context)
    }

    private init(
        _ arguments: Arguments, authority: Authority, member: OrganizationMember?, source: IDTokenSource?,
        platform: Provider?, directory: (any PrivateDirectory)?, _ context: Context
    ) throws(MintError) {
        self.source = source
        self.platform = platform
        self.member = member
        self.directory = directory
        if let directory { RunDirectory.sweep(directory, context: context) }
        // Without a platform nothing but the command itself could tell this job from another of the same user.
        let isTold = arguments.has(.stateDirectory) || context.environment.isSet(.hfmintStateDirectory)
        let cacheDirectory = source?.isUnknownCommand == true && !isTold ? nil : directory
        exchanger = Exchanger(
            authority: authority, source: source, member: member, platform: platform,
            allowsUntrustedEvent: arguments.has(.allowUntrustedEvent),
            deadlineSeconds: try arguments.number(.deadline, in: 1...3_600) ?? 90,
            cache: cacheDirectory.map { TokenCache($0, context: context) }, context: context)
    }
}
