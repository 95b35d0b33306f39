/// Fresh tokens from the Hub, with a fresh ID token at each try.
///
/// A try gets an ID token, refuses what cannot work (`Applicant+Checks.swift`), lets the ``Gate`` decide, records the
/// request, and asks the Hub's ``TokenEndpoint``. For a member of an organization, an application's secret takes the
/// place of the ID token.
struct FreshTokens {
    let applicant: Applicant

    func token(for resource: Resource?) throws(MintError) -> HubToken {
        var event = AuditEvent(.exchangeRequested, resource: resource?.canonical)
        do throws(MintError) {
            try applicant.context.checkProxy(to: applicant.authority.endpoint)
            return try applicant.trying { attempts throws(MintError) in try attempt(resource, attempts, &event) }
        } catch {
            // A record that failed cannot be recorded as failed either.
            if error.code != .auditUnavailable { try applicant.record(event.refused(error)) }
            throw error
        }
    }

    /// Tries once to get a token, from the ID token to the Hub's answer.
    private func attempt(
        _ resource: Resource?, _ attempts: Attempts, _ event: inout AuditEvent
    ) throws(MintError) -> HubToken {
        guard let source = applicant.source else {
            guard let member = applicant.member else { throw .nothingToTrade }
            try applicant.checkEvent(.none)
            try recordRequest(&event, nil)
            return try recordGrant(endpoint.token(of: member, remembering: nil), event)
        }
        let idToken = try applicant.idToken(from: source, attempts)
        event.actor = AuditEvent.Actor(idToken.claims)
        try applicant.check(idToken.claims, from: source)
        let allowed = try applicant.admit(idToken.claims, to: resource)
        if let allowed, let member = allowed.role.member {
            try applicant.verify(idToken, for: allowed)
            event.actor?.verified = .hfmint
            let organizationMember = try OrganizationMember(member, access: allowed.role.access)
            try recordRequest(&event, allowed)
            return try recordGrant(endpoint.token(of: organizationMember, remembering: idToken.claims), event)
        }
        guard let resource else { throw .nothingToTrade }
        try recordRequest(&event, allowed)
        let claims = applicant.gate == nil ? nil : idToken.claims
        return try recordGrant(endpoint.token(for: resource, by: idToken, remembering: claims), event)
    }

    /// Records the decision, durably before the request; a later try repeats the same request, and is not recorded.
    private func recordRequest(_ event: inout AuditEvent, _ allowed: Decision.Allowed?) throws(MintError) {
        let isFirst = event.decision == nil
        event.take(allowed)
        if isFirst { try applicant.record(event) }
    }

    /// Records the Hub's token, durably before anybody has it.
    private func recordGrant(_ token: HubToken, _ event: AuditEvent) throws(MintError) -> HubToken {
        try applicant.record(event.granted(token))
        return token
    }

    private var endpoint: TokenEndpoint {
        TokenEndpoint(
            authority: applicant.authority, provider: applicant.provider, deadline: applicant.deadline,
            context: applicant.context)
    }
}
