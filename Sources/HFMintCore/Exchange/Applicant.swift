/// The job that asks for Hub tokens: what it can show, the manifest that decides about it, and its deadline.
struct Applicant: Sendable {
    let authority: Authority
    let source: IDTokenSource?
    let member: OrganizationMember?
    let provider: Provider?
    let job: Provider.Job
    let allowsUntrustedEvent: Bool
    let gate: Gate?
    var deadline: Uptime
    /// The issuers' keys for members' roles, kept over the renewals of one run.
    let issuerKeys = IssuerKeys()
    let audit: AuditTrail
    let context: Context
}

extension Applicant {
    /// Returns the key of the cached token for `resource`.
    func key(for resource: Resource?) throws(MintError) -> TokenKey {
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

    /// Asks the manifest whether the job may have a token; returns `nil` if no manifest was named.
    func admit(_ claims: Claims, to resource: Resource?) throws(MintError) -> Decision.Allowed? {
        guard let allowed = try gate?.admit(claims, to: resource) else { return nil }
        context.trace("\(allowed.grant.label) of '\(allowed.grant.place.file)' gives the role '\(allowed.role.name)'")
        return allowed
    }

    func record(_ event: AuditEvent) throws(MintError) { try audit.record(event, in: context) }

    func idToken(from source: IDTokenSource, _ attempts: Attempts) throws(MintError) -> IDToken {
        let idToken = try source.acquisition.idToken(
            in: context, limits: attempts.limits(context.clock), remaining: attempts.remaining(context.clock))
        context.trace("got an ID token of \(idToken.secret.byteCount) bytes from \(source.acquisition.source)")
        return idToken
    }

    /// Verifies `idToken` with the keys of the issuer that the grant names.
    ///
    /// - Parameter ignoringTimes: whether an expired token passes, for one that has done its work already.
    func verify(
        _ idToken: borrowing IDToken, for allowed: Decision.Allowed, ignoringTimes: Bool = false
    ) throws(MintError) {
        try IDTokenVerifier(
            issuer: allowed.grant.issuer, audience: authority.audience, keys: issuerKeys, context: context
        ).verify(idToken, ignoringTimes: ignoringTimes) { limits }
    }

    /// The limits of the next request: the time left until the deadline.
    var limits: HTTPLimits { Attempts(until: deadline).limits(context.clock) }

    /// Calls `body` as often as ``Attempts`` allows, and tells with the last failure how often that was.
    func trying<Result>(_ body: (Attempts) throws(MintError) -> Result) throws(MintError) -> Result {
        try Attempts(until: deadline).repeating(in: context, explain: Self.explained, body)
    }

    private static func explained(_ failure: MintError, after attempts: Attempts) -> MintError {
        var error = failure
        if error.isTransient, attempts.made > 1 { error.details.append("tried \(attempts.made) times") }
        if let seconds = error.retryAfterSeconds, seconds > 0 {
            error.details.append("asked to come back in \(inWords(seconds: seconds))")
        }
        return error
    }
}

extension MintError {
    /// The error of a caller that did not check for a resource.
    static let nothingToTrade = usage("no resource was named", hint: "name what the token is for: owner/name")
}
