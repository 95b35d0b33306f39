extension AuditEvent.Actor {
    /// Whom the claims name.
    init(_ claims: Claims, verified: AuditEvent.Verified = .no) {
        self.init(issuer: claims["iss"] ?? "", subject: claims["sub"] ?? "", verified: verified)
    }
}

/// What becomes of a request for a token.
extension AuditEvent {
    /// What the manifest has decided.
    mutating func take(_ allowed: Decision.Allowed?) {
        decision = .allowed
        role = allowed?.role.name
        reason = allowed.map { "by \($0.grant.label) of \($0.grant.place.file)" }
    }

    /// The Hub has given a token, and so has verified the actor.
    func granted(_ token: HubToken, requestID: String?) -> AuditEvent {
        var event = AuditEvent(
            .exchangeGranted, actor: actor, role: role, resource: resource, decision: .allowed, reason: reason,
            tokenSHA256: token.sha256, expiresAt: token.expiresAt, requestID: requestID)
        event.actor?.verified = .hub
        return event
    }

    /// There is no token.
    func refused(_ error: MintError) -> AuditEvent {
        let isDenied = [.denied, .usage].contains(error.code.exitStatus)
        return AuditEvent(
            isDenied ? .exchangeDenied : .exchangeFailed, actor: actor, role: role, resource: resource,
            decision: isDenied ? .denied : .failed, reason: "\(error.code.rawValue): \(error.message)",
            requestID: requestID)
    }
}
