/// Everything that doctor found out, before any check judges it.
///
/// What reaches beyond this process (requests, other programs) is done once, in ``Examiner``; checks read.
package struct Examination: Sendable {
    /// What is asked, and what is known before anybody else is.
    package struct Question: Sendable {
        package var resource: String?
        package var expectations: [Expectation] = []
        package var allowsUntrustedEvent = false
        /// Where the command line wants tokens to be kept.
        package var stateDirectory: String?
        package var timeLimit = Duration.seconds(90)
        package var authority: Result<Authority, MintError> = .success(.huggingFace)
        /// What a manifest lets this job have; `nil` where none was named.
        package var gate: Result<Gate, MintError>?
        package var source = IDTokenSource.Options()
        /// Every provider whose variables are here.
        package var detected: [Provider] = []
        /// The provider that is asked.
        package var provider: Provider?

        package init() {}
    }

    package var context: Context
    package var expectations: [Expectation]
    package var allowsUntrustedEvent: Bool
    /// What a manifest lets this job have; `nil` where none was named.
    package var gate: Result<Gate, MintError>?
    package var jobDirectory: JobDirectory

    package var authority: Result<Authority, MintError>
    /// The provider that is asked.
    package var provider: Provider?
    /// Every provider whose variables are here.
    package var detected: [Provider]
    package var acquisition: Result<Acquisition, MintError>
    /// The claims of an ID token that was got for this examination, and thrown away.
    package var claims: Result<Claims, MintError>
    package var hub = HubContact.notAsked("nobody asked")
    package var resource: Resource?
    package var exchange = ExchangeOutcome.notTried("no resource was named: `hfmint doctor acme/model` makes one")
    package var git: GitFindings?
    /// Where the manifest wants it recorded what an exchange does; `nil` where none asks for that.
    package var recording: AuditTrail.Settings?
    /// Whether what an exchange does could be recorded; `nil` where no manifest asks for it.
    package var audit: Result<Void, MintError>?
    /// How many records a collector has not taken yet; `nil`: too many to count.
    package var waitingRecords: Int? = 0
    /// Whether the agent takes what later steps are handed; `nil` where no agent is asked.
    package var agent: Result<Void, MintError>?
    package var now: Timestamp

    package init(
        _ question: Question, _ context: Context, acquisition: Result<Acquisition, MintError>,
        claims: Result<Claims, MintError>
    ) {
        self.context = context
        expectations = question.expectations
        allowsUntrustedEvent = question.allowsUntrustedEvent
        gate = question.gate
        authority = question.authority
        provider = question.provider
        detected = question.detected
        jobDirectory = JobDirectory(option: question.stateDirectory, provider: question.provider, context: context)
        self.acquisition = acquisition
        self.claims = claims
        now = context.clock.now()
    }

    /// What became of a request for the Hub's front page.
    package enum HubContact: Sendable {
        /// Why nothing was asked.
        case notAsked(String)
        case failed(TransportError)
        /// - Parameter date: what the Hub's clock said, carried on to the moment of ``Examination/now``.
        case answered(status: Int, date: Timestamp?)

        func later(by duration: Duration) -> HubContact {
            guard case .answered(let status, let date?) = self else { return self }
            return .answered(status: status, date: date + duration.milliseconds / 1_000)
        }
    }

    package enum ExchangeOutcome: Sendable {
        /// Why none was tried.
        case notTried(String)
        case failed(MintError)
        /// The token itself is gone; what the Hub said of it stays.
        ///
        /// - Parameters:
        ///   - read: what the Hub answered to a request that reads.
        ///   - write: the same of one that asks for write access; `nil` for a user, who has no such route.
        case granted(
            kind: HubToken.Kind, expiresAt: Timestamp, sha256: String, read: TokenTrial.Answer,
            write: TokenTrial.Answer?)
    }

    /// The token's claims, where there are any.
    package var knownClaims: Claims? { try? claims.get() }

    package var endpoint: Origin? { try? authority.get().endpoint }

    package var job: Provider.Job { context.job }

    package var hubDate: Timestamp? {
        if case .answered(_, let date) = hub { date } else { nil }
    }

    /// Whether the ID token is over, by both clocks, and no other can be had: then an exchange refuses it.
    var hasExpired: Bool {
        guard (try? acquisition.get().canMintAgain) == false, let expiry = knownClaims?.expiresAt, let hubDate else {
            return false
        }
        return expiry < now && expiry < hubDate
    }

    package func expectation(_ claim: String) -> Expectation? {
        expectations.first { $0.claim.utf8.elementsEqual(claim.utf8) }
    }
}
