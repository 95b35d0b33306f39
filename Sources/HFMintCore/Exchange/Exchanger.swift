/// Gets a Hub token for a job: the one that the job has already (``CachedTokens``), or a fresh one (``FreshTokens``).
///
/// Both act for one ``Applicant``, which holds what the job can show, and the manifest that decides. A fresh token
/// takes an ID token, its checks, and one request to the Hub's ``TokenEndpoint``. ``PublisherRefusal`` and
/// ``MemberRefusal`` explain the Hub's no. The room delivers nothing, and never gives out a token before its record is
/// durable.
///
/// ```swift
/// let exchanger = Exchanger(authority: authority, source: source, cache: cache, audit: audit, context: context)
/// let token = try exchanger.token(for: resource)
/// try exchanger.handOver([(resource, token)], as: .tokenDelivered, how: "by env")
/// ```
package struct Exchanger: Sendable {
    private let applicant: Applicant
    private let timeLimit: Duration
    private var cache: TokenCache?

    /// - Parameters:
    ///   - source: the source of ID tokens; `nil` if the secret of the member's organization takes their place.
    ///   - job: the job's variables and files; this process's own by default.
    ///   - gate: the manifest that decides; `nil` if none was named.
    ///   - timeLimit: the time for all resources together.
    package init(
        authority: Authority, source: IDTokenSource?, member: OrganizationMember? = nil, provider: Provider? = nil,
        job: Provider.Job? = nil, allowsUntrustedEvent: Bool = false, gate: Gate? = nil,
        timeLimit: Duration = .seconds(90), cache: TokenCache? = nil, audit: AuditTrail, context: Context
    ) {
        applicant = Applicant(
            authority: authority, source: source, member: member, provider: provider ?? source?.provider,
            job: job ?? context.job, allowsUntrustedEvent: allowsUntrustedEvent, gate: gate,
            deadline: context.clock.uptime() + timeLimit, audit: audit, context: context)
        self.timeLimit = timeLimit
        self.cache = cache
    }

    package var source: IDTokenSource? { applicant.source }
    package var member: OrganizationMember? { applicant.member }
    package var provider: Provider? { applicant.provider }

    /// Whether the provider gives this job another token later.
    package var canMintAgain: Bool { source?.acquisition.canMintAgain ?? true }

    /// Returns a copy that keeps its tokens in `cache`.
    package func keeping(in cache: TokenCache?) -> Exchanger {
        var copy = self
        copy.cache = cache
        return copy
    }

    /// Returns the job's cached token for `resource`, or a fresh one from the Hub.
    ///
    /// The manifest decides in either case.
    ///
    /// - Parameter resource: the resource that the token is for; a member's token needs none, and hfmint does not send
    ///   it then.
    package func token(for resource: Resource?) throws(MintError) -> HubToken {
        try applicant.gate?.policy.checkRequest(role: applicant.gate?.role, resource: resource)
        let fresh = FreshTokens(applicant: applicant)
        guard let cache else { return try fresh.token(for: resource) }
        let key = try applicant.key(for: resource)
        let cached = CachedTokens(applicant: applicant, cache: cache)
        if case .success(let token) = try cached.token(key, for: resource) { return token }
        let lock = try cache.lock(key, until: applicant.deadline)
        defer { lock.release() }
        switch try cached.token(key, for: resource) {
        case .success(let token): return token
        case .failure(let miss):
            if let reason = miss.reason { applicant.context.trace("this job's cached token is not used: \(reason)") }
        }
        try cache.checkRejections(of: key)
        let token = try fresh.token(for: resource)
        cache.keep(token, for: key)
        return token
    }

    /// Returns a fresh token for `resource`, within a deadline of its own, and caches nothing; see ``keep(_:for:)``.
    package func renewedToken(for resource: Resource?) throws(MintError) -> HubToken {
        var later = applicant
        later.deadline = applicant.context.clock.uptime() + timeLimit
        return try FreshTokens(applicant: later).token(for: resource)
    }

    /// Caches `token` for the job's next calls.
    package func keep(_ token: HubToken, for resource: Resource?) {
        guard let cache, let key = try? applicant.key(for: resource) else { return }
        cache.keep(token, for: key)
    }

    /// Records that `tokens` leave hfmint; to be called before they do.
    ///
    /// - Parameter how: the way of the delivery, for the record.
    /// - Throws: ``MintError/Code/auditUnavailable`` if a required record cannot be made; the cache drops the tokens
    ///   then.
    package func handOver(
        _ tokens: [(resource: Resource?, token: HubToken)], as kind: AuditEvent.Kind, how: String
    ) throws(MintError) {
        do throws(MintError) {
            for (resource, token) in tokens {
                var event = AuditEvent(kind, of: token, for: resource)
                if let claims = token.claims { event.take(try applicant.gate?.admit(claims, to: resource)) }
                event.verifyActor()
                event.reason = how
                try applicant.record(event)
            }
            try applicant.audit.sendRequiredRecords(in: applicant.context)
        } catch {
            for (resource, token) in tokens {
                if let key = try? applicant.key(for: resource) { cache?.withdraw(token, for: key) }
            }
            throw error
        }
    }

    /// Removes the cached token for `resource` if it is the one that the Hub has just rejected.
    package func drop(_ rejected: borrowing Secret, for resource: Resource?) throws(MintError) {
        let key = try applicant.key(for: resource)
        do throws(FileFailure) {
            try cache?.drop(rejected, for: key)
        } catch {
            throw MintError(.stateUnusable, "cannot drop '\(error.path)': \(error.reason)")
        }
    }
}
