extension AuditEvent.Actor {
    /// Makes the actor that the claims name.
    init(_ claims: Claims, verified: AuditEvent.Verified = .no) {
        self.init(issuer: claims["iss"] ?? "", subject: claims["sub"] ?? "", verified: verified)
    }
}

/// The record of a request for a token, from its decision to its end.
extension AuditEvent {
    /// Makes the record of what becomes of a token.
    init(_ kind: Kind, of token: HubToken, for resource: Resource?) {
        self.init(
            kind, actor: token.claims.map { Actor($0) }, resource: resource?.canonical, tokenSHA256: token.sha256,
            expiresAt: token.expiresAt)
    }

    /// Takes over what the manifest decided; `nil` if there is no manifest.
    mutating func take(_ allowed: Decision.Allowed?) {
        decision = .allowed
        role = allowed?.role.name
        isMember = allowed?.role.member != nil
        reason = allowed.map { "by \($0.grant.label) of \($0.grant.place.file)" }
    }

    /// Notes who verified the ID token that a token was given for: hfmint, or else the Hub.
    mutating func verifyActor() {
        if actor?.verified == .no { actor?.verified = isMember ? .hfmint : .hub }
    }

    /// Returns the record of the Hub's token.
    func granted(_ token: HubToken) -> AuditEvent {
        var event = self
        event.verifyActor()
        return AuditEvent(
            .exchangeGranted, actor: event.actor, role: role, resource: resource, decision: .allowed, reason: reason,
            tokenSHA256: token.sha256, expiresAt: token.expiresAt, requestID: token.requestID)
    }

    /// Returns the record of `error`, which left the job without a token.
    func refused(_ error: MintError) -> AuditEvent {
        let isDenied = [.denied, .usage].contains(error.code.exitStatus)
        return AuditEvent(
            isDenied ? .exchangeDenied : .exchangeFailed, actor: actor, role: role, resource: resource,
            decision: isDenied ? .denied : .failed, reason: "\(error.code.rawValue): \(error.message)",
            requestID: error.requestID)
    }
}
