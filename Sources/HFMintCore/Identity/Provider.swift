/// A CI system or a cloud that vouches for the job hfmint runs in: mostly one value.
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
    /// How this job gets an ID token for an audience.
    ///
    /// - Throws: ``MintError/Code/identityDenied`` where this job may have none, with what to change.
    package let acquisition: @Sendable (Job, _ audience: String) throws(MintError) -> Acquisition
    /// The variables by which its ID token comes, where a container that was given them alone is to be recognised too.
    package let traces: [Environment.Key]
    /// The variables that name this job among all jobs of the provider; none of them a secret.
    package let jobVariables: [Environment.Key]
    /// Why the event behind this job is one that strangers can cause; `nil` if it is not.
    package let untrustedEvent: @Sendable (Job, Claims) -> String?
    package let masking: Masking
    package let stepFiles: StepFiles
    /// What its claims mean to the author of a grant.
    package let claims: ProviderClaims
    /// What to enter into the Hub's form so that it trusts this very job.
    package let publisher: @Sendable (Claims) -> PublisherForm
    /// The file whose presence says that a repository uses this provider, and what to add to it.
    package let example: PipelineExample?

    package init(
        name: String,
        title: String,
        evidence: String,
        isHere: @escaping @Sendable (Job) -> Bool,
        acquisition: @escaping @Sendable (Job, _ audience: String) throws(MintError) -> Acquisition,
        traces: [Environment.Key] = [],
        jobVariables: [Environment.Key] = [],
        untrustedEvent: @escaping @Sendable (Job, Claims) -> String? = { _, _ in nil },
        masking: Masking = .none,
        stepFiles: StepFiles = .none(instead: StepFiles.sameStep),
        claims: ProviderClaims = ProviderClaims(),
        publisher: @escaping @Sendable (Claims) -> PublisherForm,
        example: PipelineExample? = nil
    ) {
        self.name = name
        self.title = title
        self.evidence = evidence
        self.isHere = isHere
        self.acquisition = acquisition
        self.traces = traces
        self.jobVariables = jobVariables
        self.untrustedEvent = untrustedEvent
        self.masking = masking
        self.stepFiles = stepFiles
        self.claims = claims
        self.publisher = publisher
        self.example = example
    }

    /// What works where the provider cannot.
    static let elsewhere =
        "run the publishing job in a system that can choose the audience (GitHub Actions, GitLab CI …), or bring an"
        + " ID token of your own issuer in HF_OIDC_ID_TOKEN"

    /// A provider whose jobs cannot get what the Hub takes: it is named, with the reason and what would work.
    package static func impossible(
        name: String,
        title: String,
        evidence: String,
        isHere: @escaping @Sendable (Job) -> Bool,
        because reason: String,
        instead: String
    ) -> Provider {
        Provider(
            name: name, title: title, evidence: evidence, isHere: isHere,
            acquisition: { _, _ throws(MintError) in
                throw MintError(.identityDenied, "\(name): \(reason)", hint: instead)
            },
            publisher: { PublisherForm(claims: $0, rows: []) })
    }
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

/// Rows to type into the Hub's Trusted Publishers form.
package struct PublisherForm: Equatable, Sendable {
    /// The form's preset, or "Custom".
    package let preset: String
    package let issuer: String
    package var rows: [Row]
    /// Rows that would hold even if a name changed hands.
    package var tighter: [Row]

    package struct Row: Equatable, Sendable {
        package let claim: String
        package let value: String
        package let why: String

        package init(_ claim: String, _ value: String, _ why: String) {
            self.claim = claim
            self.value = value
            self.why = why
        }
    }

    /// Rows for those of these claims that the token has.
    package init(
        preset: String = "Custom",
        issuer: String = "",
        claims: Claims,
        rows: [(claim: String, why: String)],
        tighter: [(claim: String, why: String)] = []
    ) {
        func present(_ rows: [(claim: String, why: String)]) -> [Row] {
            rows.compactMap { row in claims[row.claim].map { Row(row.claim, $0, row.why) } }
        }
        self.init(
            preset: preset, issuer: claims["iss"] ?? issuer, rows: present(rows), tighter: present(tighter))
    }

    package init(preset: String, issuer: String, rows: [Row], tighter: [Row] = []) {
        self.preset = preset
        self.issuer = issuer
        self.rows = rows
        self.tighter = tighter
    }
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
