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
        isMember = allowed?.role.member != nil
        reason = allowed.map { "by \($0.grant.label) of \($0.grant.place.file)" }
    }

    /// A token was given for an ID token that the Hub has verified, unless hfmint had done it.
    mutating func verifyActor() {
        if actor?.verified == .no { actor?.verified = isMember ? .hfmint : .hub }
    }

    /// The Hub has given a token.
    func granted(_ token: HubToken) -> AuditEvent {
        var event = self
        event.verifyActor()
        return AuditEvent(
            .exchangeGranted, actor: event.actor, role: role, resource: resource, decision: .allowed, reason: reason,
            tokenSHA256: token.sha256, expiresAt: token.expiresAt, requestID: token.requestID)
    }

    /// There is no token.
    func refused(_ error: MintError) -> AuditEvent {
        let isDenied = [.denied, .usage].contains(error.code.exitStatus)
        return AuditEvent(
            isDenied ? .exchangeDenied : .exchangeFailed, actor: actor, role: role, resource: resource,
            decision: isDenied ? .denied : .failed, reason: "\(error.code.rawValue): \(error.message)",
            requestID: error.requestID)
    }
}
