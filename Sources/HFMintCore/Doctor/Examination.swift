/// Everything that doctor found out, before any check judges it.
///
/// What reaches beyond this process (requests, other programs) is done once, in ``Examiner``; checks read.
package struct Examination: Sendable {
    /// What the command line asks for.
    package struct Question: Sendable {
        package var resource: String?
        package var expectations: [Expectation] = []
        package var allowsUntrustedEvent = false
        package var stateDirectory: String?
        package var source = IDTokenSource.Options()
        package var deadlineSeconds = 90
        /// What a manifest lets this job have; `nil` where none was named.
        package var gate: Result<Gate, MintError>?

        package init() {}
    }

    package var context: Context
    package var expectations: [Expectation] = []
    package var allowsUntrustedEvent = false
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

    /// - Parameter stateDirectory: where the command line wants tokens to be kept.
    package init(
        _ context: Context,
        authority: Result<Authority, MintError>,
        provider: Provider?,
        acquisition: Result<Acquisition, MintError>,
        claims: Result<Claims, MintError>,
        stateDirectory: String? = nil
    ) {
        self.context = context
        self.authority = authority
        self.provider = provider
        self.acquisition = acquisition
        self.claims = claims
        detected = Provider.allDetected(in: context.job)
        jobDirectory = JobDirectory(option: stateDirectory, provider: provider, context: context)
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
        ///   - read: the status of a request that reads; 0 without an answer, `nil` without a route.
        ///   - write: the same of one that asks for write access.
        case granted(kind: HubToken.Kind, expiresAt: Timestamp, sha256: String, read: Int?, write: Int?)
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
