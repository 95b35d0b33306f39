extension Broker {
    /// What is known of a request so far, for its record.
    struct Question {
        let requestID: String
        let peer: String
        let askedAt: Timestamp
        /// What alone is asked for, or nil for all that is granted.
        var role: String?
        var resource: Resource?
        var claims = Claims.none
        var verified = AuditEvent.Verified.no
        /// The roles that the claims may take of those that are asked for, each with its grant.
        var admitted: [Decision.Allowed] = []

        init(_ request: ServeRequest, _ now: Timestamp) {
            requestID = request.id
            peer = request.peer
            askedAt = now
        }

        /// Returns the record of what is handed out: `ticket=0123…ef grant=grants[0] peer=192.0.2.1`.
        func issued(_ note: String, _ sha256: String, _ lifetimeSeconds: Int) -> AuditEvent {
            event(
                .ticketIssued, .allowed, [note, "grant=\(listed(admitted.map(\.grant.label)))", "peer=\(peer)"],
                sha256: sha256, expiresAt: askedAt + lifetimeSeconds)
        }

        /// Returns the record of a no: `code=other-claims peer=192.0.2.1 words=ref must be 'main', and …`.
        func refused(_ refusal: TokenRefusal) -> AuditEvent {
            let words = [refusal.words, refusal.record].filter { !$0.utf8.isEmpty }.joined(separator: "; ")
            return event(
                .ticketRefused, refusal.isFailure ? .failed : .denied,
                ["code=\(refusal.code)", "peer=\(peer)", "words=\(words)"])
        }

        private func event(
            _ kind: AuditEvent.Kind, _ decision: AuditEvent.Verdict, _ fields: [String], sha256: String? = nil,
            expiresAt: Timestamp? = nil
        ) -> AuditEvent {
            let actor = claims["iss"].map {
                AuditEvent.Actor(issuer: $0, subject: claims["sub"] ?? "", verified: verified)
            }
            let only = admitted.count == 1 ? admitted.first : nil
            return AuditEvent(
                kind, actor: actor, role: role ?? only?.role.name, resource: resource?.canonical, decision: decision,
                reason: fields.joined(separator: " "), tokenSHA256: sha256, expiresAt: expiresAt, requestID: requestID)
        }
    }
}
