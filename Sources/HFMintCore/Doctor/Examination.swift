/// Everything that the doctor found out, before a check judges it, and the ``Context`` in which it asked.
package struct Examination: Sendable {
    /// What the user asks, and what is known before the first request.
    package struct Question: Sendable {
        package var resource: String?
        package var expectations: [Expectation] = []
        package var allowsUntrustedEvent = false
        /// The directory for tokens that the command line names.
        package var stateDirectory: String?
        package var timeLimit = Duration.seconds(90)
        package var authority: Result<Authority, MintError> = .success(.huggingFace)
        /// The gate of the manifest, or nil if no manifest was named.
        package var gate: Result<Gate, MintError>?
        package var source = IDTokenSource.Options()
        /// Every provider whose variables are set.
        package var detected: [Provider] = []
        /// The provider to ask for an ID token.
        package var provider: Provider?

        package init() {}
    }

    package var question: Question
    package var context: Context
    package var jobDirectory: JobDirectory
    package var acquisition: Result<Acquisition, MintError>
    /// The claims of the ID token, which was wiped.
    package var claims: Result<Claims, MintError>
    package var hub = HubContact.notAsked("nobody asked")
    package var resource: Resource?
    package var exchange = TrialExchange.notTried("no resource was named: `hfmint doctor acme/model` makes one")
    /// What git says of its settings, or nil if there is no git.
    package var git: GitFindings?
    /// Where exchanges are recorded, or nil if no manifest asks for records.
    package var recording: AuditTrail.Settings?
    /// Whether records could be written, or nil if no manifest asks for them.
    package var audit: Result<Void, MintError>?
    /// The number of records that a collector has not taken yet, or nil if there are too many to count.
    package var waitingRecords: Int? = 0
    /// Whether the agent accepts variables for later steps, or nil if no agent was asked.
    package var agent: Result<Void, MintError>?
    package var now: Timestamp

    package init(
        _ question: Question, _ context: Context, acquisition: Result<Acquisition, MintError>,
        claims: Result<Claims, MintError>
    ) {
        self.question = question
        self.context = context
        jobDirectory = JobDirectory(option: question.stateDirectory, provider: question.provider, context: context)
        self.acquisition = acquisition
        self.claims = claims
        now = context.clock.now()
    }

    /// The answer to a request for the Hub's front page.
    package enum HubContact: Sendable {
        /// Nothing was asked, for this reason.
        case notAsked(String)
        case failed(TransportError)
        /// - Parameter date: the time of the Hub's clock at the moment of ``Examination/now``.
        case answered(status: Int, date: Timestamp?)

        /// Returns the answer with the Hub's time moved forward by `duration`, which has passed since the answer.
        func later(by duration: Duration) -> HubContact {
            guard case .answered(let status, let date?) = self else { return self }
            return .answered(status: status, date: date + duration.milliseconds / 1_000)
        }
    }

    /// The result of an exchange whose token is thrown away.
    package enum TrialExchange: Sendable {
        /// No exchange was tried, for this reason.
        case notTried(String)
        case failed(MintError)
        case granted(TriedToken)
    }

    /// What is known of a token that the Hub granted; the token itself was wiped.
    package struct TriedToken: Sendable {
        package let kind: HubToken.Kind
        package let expiresAt: Timestamp
        package let sha256: String
        /// The Hub's answer to a request that reads.
        package let read: TokenTrial.Answer
        /// The Hub's answer to a request for write access, or nil for a user, who has no such route.
        package let write: TokenTrial.Answer?
    }
}

extension Examination {
    /// The provider that was asked for an ID token.
    package var provider: Provider? { question.provider }

    /// The Hub, or nil if the command line or a variable names no usable one.
    var authority: Authority? { try? question.authority.get() }

    package var endpoint: Origin? { authority?.endpoint }

    /// The claims of the ID token, or nil if there is none.
    package var knownClaims: Claims? { try? claims.get() }

    /// The page of the resource's Trusted Publishers, or nil if no resource was named.
    var settingsURL: String? { resource?.settingsURL(on: endpoint ?? .huggingFace) }

    var triedToken: TriedToken? { if case .granted(let token) = exchange { token } else { nil } }

    package var job: Provider.Job { context.job }

    package var hubDate: Timestamp? {
        if case .answered(_, let date) = hub { date } else { nil }
    }

    /// Whether an exchange would refuse the ID token: both clocks say that it has expired, and no new one can be had.
    var hasExpired: Bool {
        guard (try? acquisition.get().canMintAgain) == false, let expiry = knownClaims?.expiresAt, let hubDate else {
            return false
        }
        return expiry < now && expiry < hubDate
    }

    package func expectation(_ claim: String) -> Expectation? {
        question.expectations.first { $0.claim.utf8.elementsEqual(claim.utf8) }
    }
}
