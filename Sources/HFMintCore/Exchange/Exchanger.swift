/// Gets a Hub token for a job.
///
/// A token from the ``TokenCache`` is served if the manifest still allows it. Otherwise each try gets an ID token,
/// refuses what cannot work (`Exchanger+Checks.swift`), lets the ``Gate`` decide, records the request, and asks the Hub
/// (``HubExchange``). For a member of an organization, an application's secret takes the place of the ID token
/// (`HubExchange+Member.swift`). ``Refusal`` and ``MemberRefusal`` explain the Hub's no. The room delivers nothing, and
/// never gives out a token before its record is durable.
///
/// ```swift
/// let exchanger = Exchanger(authority: authority, source: source, cache: cache, audit: audit, context: context)
/// let token = try exchanger.token(for: resource)
/// try exchanger.handOver([(resource, token)], as: .tokenDelivered, how: "by env")
/// ```
package struct Exchanger: Sendable {
    package let authority: Authority
    /// The source of ID tokens; `nil` if the secret of the ``member``'s organization takes their place.
    package let source: IDTokenSource?
    package let member: OrganizationMember?
    package let provider: Provider?
    /// The job's variables and files; this process's own by default.
    let job: Provider.Job
    package let allowsUntrustedEvent: Bool
    /// The manifest that decides; `nil` if none was named.
    package let gate: Gate?
    private let timeLimit: Duration
    /// One deadline for all resources.
    private var deadline: Uptime
    private var cache: TokenCache?
    /// The issuers' keys for members' roles, kept over the renewals of one run.
    let issuerKeys = IssuerKeys()
    private let audit: AuditTrail
    let context: Context

    package init(
        authority: Authority,
        source: IDTokenSource?,
        member: OrganizationMember? = nil,
        provider: Provider? = nil,
        job: Provider.Job? = nil,
        allowsUntrustedEvent: Bool = false,
        gate: Gate? = nil,
        timeLimit: Duration = .seconds(90),
        cache: TokenCache? = nil,
        audit: AuditTrail,
        context: Context
    ) {
        self.authority = authority
        self.source = source
        self.member = member
        self.provider = provider ?? source?.provider
        self.job = job ?? context.job
        self.allowsUntrustedEvent = allowsUntrustedEvent
        self.gate = gate
        self.timeLimit = timeLimit
        deadline = context.clock.uptime() + timeLimit
        self.cache = cache
        self.audit = audit
        self.context = context
    }

    /// Returns a copy that keeps its tokens in `cache`.
    package func keeping(in cache: TokenCache?) -> Exchanger {
        var copy = self
        copy.cache = cache
        return copy
    }

    /// Whether the provider gives this job another token later.
    package var canMintAgain: Bool { source?.acquisition.canMintAgain ?? true }

    /// Returns the job's cached token for `resource`, or a fresh one from the Hub.
    ///
    /// The manifest decides in either case.
    ///
    /// - Parameter resource: the resource that the token is for; a member's token needs none, and hfmint does not send
    ///   it then.
    package func token(for resource: Resource?) throws(MintError) -> HubToken {
        try gate?.policy.checkRequest(role: gate?.role, resource: resource)
        guard let cache else { return try exchange(for: resource) }
        let key = try key(resource)
        if let token = try cachedToken(key, in: cache, for: resource) { return token }
        let lock = try cache.lock(key, until: deadline)
        defer { lock.release() }
        if let token = try cachedToken(key, in: cache, for: resource) { return token }
        try cache.checkRejections(of: key)
        let token = try exchange(for: resource)
        cache.keep(token, for: key)
        return token
    }

    /// Returns the cached token if this job may have it.
    private func cachedToken(
        _ key: TokenKey, in cache: TokenCache, for resource: Resource?
    ) throws(MintError) -> HubToken? {
        guard let token = cache.token(for: key), try admits(token, to: resource) else { return nil }
        cache.traceUse()
        return token
    }

    /// Whether this job may have the cached `token`.
    ///
    /// A member's token was given for a verified ID token. An ID token that the caller shows is verified too:
    /// it may be old, but must have the same claims, or another job could use this one's token. An ID token that comes
    /// from the provider itself needs no such proof.
    private func admits(_ token: HubToken, to resource: Resource?) throws(MintError) -> Bool {
        guard gate != nil else { return true }
        guard let claims = token.claims else { return false }
        let event = AuditEvent(
            .tokenServed, actor: .init(claims), resource: resource?.canonical, tokenSHA256: token.sha256,
            expiresAt: token.expiresAt)
        return try recording(event) { event throws(MintError) in
            let allowed = try admit(claims, to: resource)
            event.take(allowed)
            guard let allowed, allowed.role.member != nil, let source, !source.acquisition.asksProvider else {
                return true
            }
            return try trying { attempts throws(MintError) in
                let idToken = try idToken(from: source, attempts)
                guard idToken.claims.sayTheSame(as: claims) else { return false }
                try verify(idToken, for: allowed, ignoringTimes: true)
                return true
            }
        }
    }

    /// Records `event` if `body` returns `true`, and the refusal if it throws; records nothing if it returns `false`.
    private func recording(
        _ event: AuditEvent, _ body: (inout AuditEvent) throws(MintError) -> Bool
    ) throws(MintError) -> Bool {
        var event = event
        do throws(MintError) {
            guard try body(&event) else { return false }
        } catch {
            try audit.record(event.refused(error), in: context)
            throw error
        }
        event.verifyActor()
        try audit.record(event, in: context)
        return true
    }

    /// Asks the manifest whether the job may have a token, be it fresh, cached or renewed.
    ///
    /// - Returns: `nil` if no manifest was named.
    private func admit(_ claims: Claims, to resource: Resource?) throws(MintError) -> Decision.Allowed? {
        guard let allowed = try gate?.admit(claims, to: resource) else { return nil }
        context.trace("\(allowed.grant.label) of '\(allowed.grant.place.file)' gives the role '\(allowed.role.name)'")
        return allowed
    }

    /// Returns a fresh token for `resource`, within a deadline of its own, and caches nothing; see ``keep(_:for:)``.
    package func renewedToken(for resource: Resource?) throws(MintError) -> HubToken {
        var again = self
        again.deadline = context.clock.uptime() + timeLimit
        return try again.exchange(for: resource)
    }

    /// Caches `token` for the job's next calls.
    package func keep(_ token: HubToken, for resource: Resource?) {
        guard let cache, let key = try? key(resource) else { return }
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
                var event = AuditEvent(
                    kind, actor: token.claims.map { .init($0) }, resource: resource?.canonical,
                    tokenSHA256: token.sha256, expiresAt: token.expiresAt)
                if let claims = token.claims { event.take(try gate?.admit(claims, to: resource)) }
                event.verifyActor()
                event.reason = how
                try audit.record(event, in: context)
            }
            try audit.sendRequiredRecords(in: context)
        } catch {
            for (resource, token) in tokens {
                if let key = try? key(resource) { cache?.withdraw(token, for: key) }
            }
            throw error
        }
    }

    /// Removes the cached token for `resource` if it is the one that the Hub has just rejected.
    package func drop(_ rejected: borrowing Secret, for resource: Resource?) throws(MintError) {
        let key = try key(resource)
        do throws(FileFailure) {
            try cache?.drop(rejected, for: key)
        } catch {
            throw MintError(.stateUnusable, "cannot drop '\(error.path)': \(error.reason)")
        }
    }

    private func key(_ resource: Resource?) throws(MintError) -> TokenKey {
        let subject: TokenKey.Subject
        if let member {
            subject = .member(member, clientID: try member.client.readID(in: context))
        } else if let resource {
            subject = .publisher(resource)
        } else if let gate {
            subject = .role(clientIDs: gate.memberClientIDs(in: context))
        } else {
            throw .nothingToTrade
        }
        return TokenKey(
            authority: authority, subject: subject,
            identity: source?.identity(of: job, in: context) ?? Provider.jobIdentity(provider, in: job.environment),
            allowsUntrustedEvent: allowsUntrustedEvent, gate: gate)
    }

    private func exchange(for resource: Resource?) throws(MintError) -> HubToken {
        var event = AuditEvent(.exchangeRequested, resource: resource?.canonical)
        do throws(MintError) {
            try context.checkProxy(to: authority.endpoint)
            return try trying { attempts throws(MintError) in try attempt(resource, attempts, &event) }
        } catch {
            // A record that failed cannot be recorded as failed either.
            if error.code != .auditUnavailable { try audit.record(event.refused(error), in: context) }
            throw error
        }
    }

    /// Calls `body` as often as ``Attempts`` allows, and explains the last failure.
    private func trying<Result>(_ body: (Attempts) throws(MintError) -> Result) throws(MintError) -> Result {
        try Attempts(until: deadline).repeating(in: context, explain: explained, body)
    }

    private func explained(_ failure: MintError, after attempts: Attempts) -> MintError {
        var error = failure
        if error.isTransient, attempts.made > 1 { error.details.append("tried \(attempts.made) times") }
        if let seconds = error.retryAfterSeconds, seconds > 0 {
            error.details.append("asked to come back in \(inWords(seconds: seconds))")
        }
        return error
    }

    /// Tries once to get a token, from the ID token to the Hub's answer.
    private func attempt(
        _ resource: Resource?, _ attempts: Attempts, _ event: inout AuditEvent
    ) throws(MintError) -> HubToken {
        guard let source else {
            guard let member else { throw .nothingToTrade }
            try checkEvent(.none)
            try recordRequest(&event, nil)
            return try recordGrant(hub.token(of: member, remembering: nil), event)
        }
        let idToken = try idToken(from: source, attempts)
        event.actor = AuditEvent.Actor(idToken.claims)
        try check(idToken.claims, from: source)
        let allowed = try admit(idToken.claims, to: resource)
        if let allowed, let member = allowed.role.member {
            try verify(idToken, for: allowed)
            event.actor?.verified = .hfmint
            let organizationMember = try OrganizationMember(member, access: allowed.role.access)
            try recordRequest(&event, allowed)
            return try recordGrant(hub.token(of: organizationMember, remembering: idToken.claims), event)
        }
        guard let resource else { throw .nothingToTrade }
        try recordRequest(&event, allowed)
        let claims = gate == nil ? nil : idToken.claims
        return try recordGrant(hub.token(for: resource, by: idToken, remembering: claims), event)
    }

    /// Records the decision, durably before the request; a later try repeats the same request, and is not recorded.
    private func recordRequest(_ event: inout AuditEvent, _ allowed: Decision.Allowed?) throws(MintError) {
        let isFirst = event.decision == nil
        event.take(allowed)
        if isFirst { try audit.record(event, in: context) }
    }

    /// Records the Hub's token, durably before anybody has it.
    private func recordGrant(_ token: HubToken, _ event: AuditEvent) throws(MintError) -> HubToken {
        try audit.record(event.granted(token), in: context)
        return token
    }

    private func idToken(from source: IDTokenSource, _ attempts: Attempts) throws(MintError) -> IDToken {
        let idToken = try source.acquisition.idToken(
            in: context, limits: attempts.limits(context.clock), remaining: attempts.remaining(context.clock))
        context.trace("got an ID token of \(idToken.secret.byteCount) bytes from \(source.acquisition.source)")
        return idToken
    }

    private var hub: HubExchange { HubExchange(authority, provider: provider, until: deadline, in: context) }

    /// The limits of the next request: the time left until the deadline.
    var limits: HTTPLimits { Attempts(until: deadline).limits(context.clock) }
}

extension MintError {
    /// The error of a caller that did not check for a resource.
    static let nothingToTrade = usage("no resource was named", hint: "name what the token is for: owner/name")
}
