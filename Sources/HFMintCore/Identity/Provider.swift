/// A CI system or a cloud that vouches for the job hfmint runs in: mostly one value.
///
/// All that hfmint knows of a provider stands in its value, and whoever needs it asks there. A provider that has nothing
/// to say of a matter leaves the field out.
///
/// Two failures are kept apart, because they send the reader to different places. *Not here* is `false` from
/// ``isHere``, and the next provider is asked. *Here, but refused* is an error from ``acquisition``, and hfmint stops.
package struct Provider: Sendable {
    /// As in `--provider` and in messages: `github-actions`.
    package let name: String
    /// As its vendor spells it: `GitHub Actions`.
    package let title: String
    /// The variable and the value that show it, for a person: `GITHUB_ACTIONS=true`.
    package let evidence: String
    /// Whether this job runs there; nothing is asked over the network to find out.
    package let isHere: @Sendable (Job) -> Bool
    /// The names of those whose variables its jobs have too, so that what was written for them runs there.
    package var imitates: [String] = []
    /// Whether CI systems run on it, so that both are rightly here.
    package var isGround = false
    /// How this job gets an ID token for an audience.
    ///
    /// - Throws: ``MintError/Code/identityDenied`` where this job may have none, with what to change.
    package let acquisition: @Sendable (Job, _ audience: String) throws(MintError) -> Acquisition
    /// The variables by which its ID token comes, where a container that was given them alone is to be recognised too.
    package var traces: [Environment.Key] = []
    /// The variables that name this job among all jobs of the provider; none of them a secret.
    package var jobVariables: [Environment.Key] = []
    /// The variable that names a directory which is removed at the end of the job.
    package var temporaryDirectory: Environment.Key?
    /// Why this whole machine goes at the end of the job; `nil` where nothing says so.
    package var endOfMachine: @Sendable (Environment) -> String? = { _ in nil }
    /// How the names begin of variables that its runner keeps for itself.
    package var ownVariables: [String] = []
    /// Why the event behind this job is one that strangers can cause; `nil` if it is not.
    package var untrustedEvent: @Sendable (Job, Claims) -> String? = { _, _ in nil }
    package var masking = Masking.none
    package var stepFiles = StepFiles.none(instead: StepFiles.sameStep)
    package var ownAudience: OwnAudience?
    package var apiSecret: APISecret?
    /// What its claims mean to the author of a grant or of a publisher.
    package var claims = ProviderClaims()
    package var preset: PublisherPreset?
    /// What to enter into the Hub's form so that it trusts this very job.
    package var publisher: @Sendable (Claims) -> PublisherForm = { PublisherForm(claims: $0, rows: []) }
    /// The file whose presence says that a repository uses this provider, and what to add to it.
    package var example: PipelineExample?
}

extension Provider {
    /// What a provider may look at: variables, and files that the provider wrote.
    package struct Job: Sendable {
        package let environment: Environment
        package let files: any ReadableFiles

        package init(environment: Environment, files: any ReadableFiles) {
            self.environment = environment
            self.files = files
        }

        /// Whether the variable `key` says `true`, as most providers announce themselves.
        package func says(_ key: Environment.Key) -> Bool { environment[key] == "true" }

        /// A JSON file that the provider wrote, such as the event behind the job; `nil` if it cannot be read.
        package func json(at key: Environment.Key) -> JSONText? {
            guard let path = environment[key],
                let file = try? files.read(path, limit: JSONLimits.event.byteCount)
            else { return nil }
            return try? JSONText(file.reveal { $0.bytes }, limits: .event)
        }
    }
}

extension Provider {
    /// What tells this job from all others by its environment alone: the provider, and its variables for that.
    package static func jobIdentity(_ provider: Provider?, in environment: Environment) -> [String] {
        [provider?.name ?? "none"] + (provider?.jobVariables ?? []).map { environment[$0] ?? "" }
    }
}

extension Context {
    /// What providers may look at.
    package var job: Provider.Job { Provider.Job(environment: environment, files: files) }
}

/// An audience that a provider's ID tokens have where nobody asks for another, or always.
package struct OwnAudience: Sendable {
    let isFound: @Sendable (_ audience: [UInt8]) -> Bool
    /// How the job asks for the Hub's instead.
    let advice: String
}

extension OwnAudience {
    init(start: String, _ advice: String) { self.init(isFound: { $0.starts(with: start.utf8) }, advice: advice) }
}

/// What a provider's API takes, which somebody may hand in for an ID token.
package struct APISecret: Sendable {
    /// How such secrets begin.
    let prefixes: [String]
    /// `a token of GitHub's API`.
    let noun: String
}

/// What a repository on this provider looks like, and the lines that it needs.
package struct PipelineExample: Sendable {
    /// A file or a directory, relative to the top of a repository.
    package let marker: String
    package let file: String
    package let lines: [String]
    /// Those of them without which a job gets no ID token.
    package var permission: [String] = []
}
