/// A CI system or a cloud that vouches for the job: one value with everything that hfmint knows of it.
///
/// This room recognises the job and gets its ID token. The first provider of ``allProviders`` that ``isHere`` takes the
/// job. ``IDTokenSource`` chooses between the provider and a token that the user gives. ``Acquisition`` gets the token
/// by HTTP, from a program, a variable or a file, and ``IDToken`` decodes it into ``Claims``. ``ProviderClaims`` says
/// what claims mean to the author of a grant, and ``PublisherForm`` what to enter at the Hub. `Verification/` verifies
/// tokens that the Hub never sees. This room never exchanges a token.
///
/// Two failures are kept apart. If ``isHere`` is false, the next provider is asked. If ``acquisition`` throws, the job
/// runs on this provider and may have no ID token, and hfmint stops.
package struct Provider: Sendable {
    /// The name in `--provider` and in messages: `github-actions`.
    package let name: String
    /// The name as the vendor spells it: `GitHub Actions`.
    package let title: String
    /// The variable and the value by which a person recognises it: `GITHUB_ACTIONS=true`.
    package let recognisedBy: String
    /// Returns whether this job runs there, without asking over the network.
    package let isHere: @Sendable (Job) -> Bool
    /// The names of other providers whose variables its jobs have too.
    package var imitates: [String] = []
    /// Whether CI systems run on it, so that a job may have the variables of both.
    package var isPlatform = false
    /// Returns how this job gets an ID token for an audience.
    ///
    /// - Throws: ``MintError/Code/identityDenied`` if this job may have none, with what to change.
    package let acquisition: @Sendable (Job, _ audience: String) throws(MintError) -> Acquisition
    /// The variables for its ID token; a container may have been given these alone.
    package var tokenVariables: [Environment.Key] = []
    /// The variables that tell this job from all jobs of the provider; none is a secret.
    package var jobVariables: [Environment.Key] = []
    /// The prefixes of variables in which it hands a job credentials of its own.
    package var credentialPrefixes: [String] = []
    /// The variable with a directory that is removed at the end of the job.
    package var temporaryDirectory: Environment.Key?
    /// Returns why the machine is thrown away at the end of the job, or nil if nothing says so.
    package var endOfMachine: @Sendable (Environment) -> String? = { _ in nil }
    /// The prefixes of variables that its runner keeps for itself.
    package var reservedPrefixes: [String] = []
    /// Returns why strangers can cause the event behind this job, or nil if they cannot.
    package var untrustedEvent: @Sendable (Job, Claims) -> String? = { _, _ in nil }
    package var masking = Masking.none
    package var stepFiles = StepFiles.none(instead: StepFiles.sameStep)
    package var ownAudience: OwnAudience?
    package var apiSecret: APISecret?
    /// The meaning of its claims to the author of a grant or of a publisher.
    package var claims = ProviderClaims()
    package var preset: PublisherPreset?
    /// Returns what to enter into the Hub's form so that the Hub trusts this job.
    package var publisher: @Sendable (Claims) -> PublisherForm = PublisherForm.pinning([:])
    /// The file by which a repository shows that it uses this provider, and the lines to add to it.
    package var example: PipelineExample?
}

/// The audience that a provider's ID tokens have by default, or always.
package struct OwnAudience: Sendable {
    /// Returns whether `audience` is the provider's own.
    let isFound: @Sendable (_ audience: [UInt8]) -> Bool
    /// How the job asks for the Hub's audience instead.
    let advice: String
}

extension OwnAudience {
    init(start: String, _ advice: String) { self.init(isFound: { $0.starts(with: start.utf8) }, advice: advice) }
}

/// A secret for a provider's API, which a user may mistake for an ID token.
package struct APISecret: Sendable {
    /// The beginnings of such secrets.
    let prefixes: [String]
    /// `a token of GitHub's API`.
    let noun: String
}

/// The CI file of a repository on this provider, with the lines that it needs.
package struct PipelineExample: Sendable {
    /// The file or the directory that shows the provider, relative to the top of a repository.
    package let marker: String
    package let file: String
    package let lines: [String]
    /// The lines without which a job gets no ID token.
    package var permission: [String] = []
}
