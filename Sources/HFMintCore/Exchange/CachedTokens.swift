/// The tokens of the job's ``TokenCache``, which are served if the manifest still allows it.
struct CachedTokens {
    let applicant: Applicant
    let cache: TokenCache

    /// Returns the cached token if this job may have it, after the record of that is durable.
    ///
    /// - Throws: ``MintError/Code/policyDenied`` if the manifest no longer allows it.
    func token(
        _ key: TokenKey, for resource: Resource?
    ) throws(MintError) -> Result<HubToken, TokenCache.Miss> {
        let found = cache.token(for: key)
        guard case .success(let token) = found else { return found }
        if applicant.gate != nil, let miss = try objection(to: token, for: resource) { return .failure(miss) }
        cache.traceUse()
        return found
    }

    /// Asks the manifest again, and records its decision; returns why the token is of no use to this job, or `nil`.
    private func objection(to token: HubToken, for resource: Resource?) throws(MintError) -> TokenCache.Miss? {
        guard let claims = token.claims else { return .withoutClaims }
        var event = AuditEvent(.tokenServed, of: token, for: resource)
        do throws(MintError) {
            let allowed = try applicant.admit(claims, to: resource)
            event.take(allowed)
            if let allowed, let miss = try objection(to: claims, allowed) { return miss }
        } catch {
            try applicant.record(event.refused(error))
            throw error
        }
        event.verifyActor()
        try applicant.record(event)
        return nil
    }

    /// Compares a member's token with the ID token that the caller shows; returns `nil` if they belong together.
    ///
    /// The ID token may be old, but it must be genuine and have the same claims, or one job could use another's token.
    /// An ID token that comes from the provider itself needs no such proof.
    private func objection(
        to claims: Claims, _ allowed: Decision.Allowed
    ) throws(MintError) -> TokenCache.Miss? {
        guard allowed.role.member != nil, let source = applicant.source, !source.acquisition.asksProvider else {
            return nil
        }
        return try applicant.trying { attempts throws(MintError) in
            let idToken = try applicant.idToken(from: source, attempts)
            guard idToken.claims.describesSameJob(as: claims) else { return .otherIDToken }
            try applicant.verify(idToken, for: allowed, ignoringTimes: true)
            return nil
        }
    }
}
