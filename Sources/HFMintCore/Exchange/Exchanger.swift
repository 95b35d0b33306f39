/// Gets a Hub token for this job's ID token, or for a member of an organization: checks what cannot work, asks, tries
/// again, explains a refusal.
package struct Exchanger: Sendable {
    package let authority: Authority
    /// `nil` where no ID token is asked for: then the ``member``'s organization vouches by its application's secret.
    package let source: IDTokenSource?
    package let member: OrganizationMember?
    package let provider: Provider?
    /// The caller's variables and files; this process's own unless they were given.
    let job: Provider.Job
    package let allowsUntrustedEvent: Bool
    /// What a manifest lets this job have; `nil` where none was named.
    package let gate: Gate?
    private let timeLimit: Duration
    /// One deadline for all resources.
    private var deadline: Uptime
    private var cache: TokenCache?
    /// For members' roles, also over the renewals of one run.
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

    /// The same with its tokens in `cache`.
    package func keeping(in cache: TokenCache?) -> Exchanger {
        var copy = self
        copy.cache = cache
        return copy
    }

    /// Whether another token may be had when this one is old.
    package var canMintAgain: Bool { source?.acquisition.canMintAgain ?? true }

    /// A token for `resource`: one that this job already has, else a fresh one from the Hub.
    ///
    /// A manifest decides in either case.
    ///
    /// - Parameter resource: what the token is for; for a member's token it may be `nil`, and the Hub is not told.
    package func token(for resource: Resource?) throws(MintError) -> HubToken {
        try gate?.policy.checkRequest(role: gate?.role, resource: resource)
        guard let cache else { return try exchange(for: resource) }
        let key = try key(resource)
        if let token = try kept(key, in: cache, for: resource) { return token }
        let lock = try cache.lock(key, until: deadline)
        defer { lock.release() }
        if let token = try kept(key, in: cache, for: resource) { return token }
        try cache.checkRejections(of: key)
        let token = try exchange(for: resource)
        cache.keep(token, for: key)
        return token
    }

    /// The token that the job already has, if it may be handed out again.
    private func kept(_ key: TokenKey, in cache: TokenCache, for resource: Resource?) throws(MintError) -> HubToken? {
        guard let token = cache.token(for: key), try admits(token, to: resource) else { return nil }
        cache.tellUse()
        return token
    }

    /// Whether a token that the job already has may be handed out again.
    ///
    /// A member's was given for a verified ID token. The one that is shown now is verified as well, where the caller
    /// brings it and the provider does not vouch for it; it need not be young any more, and it must say the same:
    /// another job gets a token of its own.
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
                try verify(idToken, for: allowed, whenever: true)
                return true
            }
        }
    }

    /// Records `event` when `body` has decided for it, or why there is no token; nothing where `body` says that it is
    /// not for this token to decide.
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

    /// The one place where a manifest decides: for a fresh token, a cached one, and a renewed one.
    ///
    /// - Returns: `nil` where no manifest was named.
    private func admit(_ claims: Claims, to resource: Resource?) throws(MintError) -> Decision.Allowed? {
        guard let allowed = try gate?.admit(claims, to: resource) else { return nil }
        context.trace("\(allowed.grant.label) of '\(allowed.grant.place.file)' gives the role '\(allowed.role.name)'")
        return allowed
    }

    /// A fresh token for `resource`, whatever the job already has, within a deadline of its own; see ``keep(_:for:)``.
    package func renewedToken(for resource: Resource?) throws(MintError) -> HubToken {
        var again = self
        again.deadline = context.clock.uptime() + timeLimit
        return try again.exchange(for: resource)
    }

    /// Has the job's next calls use `token`.
    package func keep(_ token: HubToken, for resource: Resource?) {
        guard let cache, let key = try? key(resource) else { return }
        cache.keep(token, for: key)
    }

    /// Records that tokens are about to reach somebody; call it before they do.
    ///
    /// - Parameter how: in which way, for the record.
    /// - Throws: ``MintError/Code/auditUnavailable`` where that is required and cannot be done; the job does not have
    ///   the tokens any more then.
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

    /// Forgets the cached token for `resource`, if it is the one that the Hub has just rejected.
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
            // What could not be recorded has no record of that either.
            if error.code != .auditUnavailable { try audit.record(event.refused(error), in: context) }
            throw error
        }
    }

    private func trying<Result>(_ body: (Attempts) throws(MintError) -> Result) throws(MintError) -> Result {
        try Attempts(until: deadline).repeating(in: context, told: told, body)
    }

    private func told(_ failure: MintError, _ attempts: Attempts) -> MintError {
        var error = failure
        if error.isTransient, attempts.made > 1 { error.details.append("tried \(attempts.made) times") }
        if let seconds = error.retryAfterSeconds, seconds > 0 {
            error.details.append("asked to come back in \(inWords(seconds: seconds))")
        }
        return error
    }

    private func attempt(
        _ resource: Resource?, _ attempts: Attempts, _ event: inout AuditEvent
    ) throws(MintError) -> HubToken {
        guard let source else {
            guard let member else { throw .nothingToTrade }
            try checkEvent(.none)
            try request(&event, nil)
            return try granted(hub.token(of: member, remembering: nil), event)
        }
        let idToken = try idToken(from: source, attempts)
        event.actor = AuditEvent.Actor(idToken.claims)
        try check(idToken.claims, from: source)
        let allowed = try admit(idToken.claims, to: resource)
        if let allowed, let member = allowed.role.member {
            try verify(idToken, for: allowed)
            event.actor?.verified = .hfmint
            let organizationMember = try OrganizationMember(member, access: allowed.role.access)
            try request(&event, allowed)
            return try granted(hub.token(of: organizationMember, remembering: idToken.claims), event)
        }
        guard let resource else { throw .nothingToTrade }
        try request(&event, allowed)
        let claims = gate == nil ? nil : idToken.claims
        return try granted(hub.token(for: resource, by: idToken, remembering: claims), event)
    }

    /// Durable before the request; what is asked for again is the same request.
    private func request(_ event: inout AuditEvent, _ allowed: Decision.Allowed?) throws(MintError) {
        let isFirst = event.decision == nil
        event.take(allowed)
        if isFirst { try audit.record(event, in: context) }
    }

    /// Durable before anyone has the token.
    private func granted(_ token: HubToken, _ event: AuditEvent) throws(MintError) -> HubToken {
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

    /// What an earlier request of the same try took is not there a second time.
    var limits: HTTPLimits { Attempts(until: deadline).limits(context.clock) }
}

extension MintError {
    /// What a command checks before it gets here.
    static let nothingToTrade = usage("no resource was named", hint: "name what the token is for: owner/name")
}
