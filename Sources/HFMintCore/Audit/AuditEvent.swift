/// An event that is to be recorded: something happened to a credential.
///
/// Its texts come from claims, servers and files. ``AuditLine`` bounds and escapes them when it writes them.
package struct AuditEvent: Equatable, Sendable {
    package let kind: Kind
    package var actor: Actor?
    package var role: String?
    /// Whether the role is a member's, so that hfmint itself verifies the ID token; it is not written.
    var isMember = false
    /// A resource on the Hub, or `rotation:` and a rotation's name.
    package var resource: String?
    package var decision: Verdict?
    /// A refusal's code, a delivery's method and target, an act of a rotation, or what a request was.
    package var reason: String?
    /// The digest of a Hub token, or of what a caller showed; client secrets are named by their id instead.
    package var tokenSHA256: String?
    package var expiresAt: Timestamp?
    /// The id that the Hub gave the request; of a request to a front door, its web server's.
    package var requestID: String?

    package init(
        _ kind: Kind, actor: Actor? = nil, role: String? = nil, resource: String? = nil, decision: Verdict? = nil,
        reason: String? = nil, tokenSHA256: String? = nil, expiresAt: Timestamp? = nil, requestID: String? = nil
    ) {
        self.kind = kind
        self.actor = actor
        self.role = role
        self.resource = resource
        self.decision = decision
        self.reason = reason
        self.tokenSHA256 = tokenSHA256
        self.expiresAt = expiresAt
        self.requestID = requestID
    }

    /// The subject of an ID token.
    package struct Actor: Equatable, Sendable {
        package let issuer: String
        package let subject: String
        package var verified: Verified

        package init(issuer: String, subject: String, verified: Verified = .no) {
            self.issuer = issuer
            self.subject = subject
            self.verified = verified
        }
    }

    /// Who has verified an actor's ID token.
    package enum Verified: String, CaseIterable, Sendable {
        /// hfmint, with the issuer's keys.
        case hfmint
        /// The Hub, which accepted it.
        case hub
        /// Nobody: it is what the job says of itself.
        case no
    }

    /// The word that the member `decision` of a line holds.
    package enum Verdict: String, CaseIterable, Sendable {
        case allowed, denied, failed
    }

    /// What happened, under a name that is stable.
    package enum Kind: String, CaseIterable, Sendable {
        case logCreated = "log.created"
        /// A line that a crash or a full disk tore was ended.
        case logRepaired = "log.repaired"
        case exchangeRequested = "exchange.requested"
        case exchangeGranted = "exchange.granted"
        case exchangeDenied = "exchange.denied"
        case exchangeFailed = "exchange.failed"
        /// A token that the job already had was handed out again.
        case tokenServed = "token.served"
        case tokenDelivered = "token.delivered"
        case tokenForgotten = "token.forgotten"
        case tokenRevoked = "token.revoked"
        case gitAnswered = "git.answered"
        case runStarted = "run.started"
        case runRenewed = "run.renewed"
        case runEnded = "run.ended"
        /// A ticket, or a token of the Hub, was handed out for an ID token.
        case ticketIssued = "ticket.issued"
        case ticketRefused = "ticket.refused"
        case rotationStep = "rotation.step"
        case rotationAct = "rotation.act"
        case rotationFailed = "rotation.failed"
        case rotationAttention = "rotation.attention"
        case rotationIntervened = "rotation.intervened"
        /// Something of a Space or an endpoint is about to be written, or was.
        case fleetWrite = "fleet.write"
        /// A web server's question was answered with a yes.
        case requestAllowed = "request.allowed"
        case requestRefused = "request.refused"
        case serveStarted = "serve.started"
        case serveReloaded = "serve.reloaded"
        /// The log can be written again.
        case serveResumed = "serve.resumed"
        case serveEnded = "serve.ended"
    }
}
