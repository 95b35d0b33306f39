/// Something that happened to a credential, before it has a place in a log.
///
/// Texts are what claims, servers and files say; they are bounded and escaped when they are written, never here.
package struct AuditEvent: Equatable, Sendable {
    package let kind: Kind
    package var actor: Actor?
    package var role: String?
    /// Whether the role is a member's, whose ID token hfmint itself verifies; not written.
    var isMember = false
    /// What the credential is for: a resource on the Hub, or `rotation:` and its name.
    package var resource: String?
    package var decision: Outcome?
    /// Why, or how: a refusal's code, a delivery's method and target, an act of a rotation.
    package var reason: String?
    /// Of a Hub token; client secrets are named by id alone.
    package var tokenSHA256: String?
    package var expiresAt: Timestamp?
    /// The Hub's name for the request.
    package var requestID: String?

    package init(
        _ kind: Kind, actor: Actor? = nil, role: String? = nil, resource: String? = nil, decision: Outcome? = nil,
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

    /// Who, by the ID token.
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

    /// Who has checked the signature behind an actor.
    package enum Verified: String, CaseIterable, Sendable {
        /// hfmint, with the issuer's own keys.
        case hfmint
        /// The Hub, which has answered 200.
        case hub
        /// Nobody yet: it is what the job says of itself.
        case no
    }

    package enum Outcome: String, CaseIterable, Sendable {
        case allowed, denied, failed
    }

    /// The names are stable.
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
        case rotationStep = "rotation.step"
        case rotationAct = "rotation.act"
        case rotationFailed = "rotation.failed"
        case rotationAttention = "rotation.attention"
        case rotationIntervened = "rotation.intervened"
    }
}
