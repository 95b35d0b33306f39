internal import Synchronization

/// The SHA-256 of a credential, by which it is known.
struct CredentialDigest: Hashable, Sendable {
    let bytes: [UInt8]

    /// Hashes eight of the bytes: of a digest they are as good as all, and every request asks for one.
    func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }
}

/// A caller whose credential was verified, and how long it is good for.
final class VerifiedCaller: Sendable {
    let caller: DecisionPoint.Caller
    let issuer: [UInt8]
    let subject: [UInt8]
    /// The subject as a text, for the web server's log.
    let actor: String?
    let digest: CredentialDigest
    /// The same in hexadecimal.
    let tokenSHA256: String
    /// The ticket's id and the id of the key that signed it, or nil for an ID token.
    let ticket: (id: String, keyID: String)?
    let issuedAt: Timestamp
    let expiresAt: Timestamp

    init(
        _ caller: DecisionPoint.Caller, digest: CredentialDigest, ticket: (id: String, keyID: String)?,
        issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.caller = caller
        issuer = caller.claims.bytes("iss")
        subject = caller.claims.bytes("sub")
        actor = caller.claims["sub"]
        self.digest = digest
        tokenSHA256 = digest.bytes.hexadecimal
        self.ticket = ticket
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

extension Claims {
    fileprivate func bytes(_ name: String) -> [UInt8] {
        if case .string(let bytes) = comparable(name) { bytes } else { [] }
    }
}

/// The callers of one snapshot: who brings which credential.
///
/// A ticket is opened at once. An ID token may need its issuer's keys, and so a thread that may wait. What was verified
/// is kept in memory, by the SHA-256 of the credential, until it expires.
final class Callers: Sendable {
    enum Finding: Sendable {
        /// Verified before.
        case kept(VerifiedCaller)
        /// A ticket that was not seen yet.
        case opened(VerifiedCaller)
        /// An ID token that was not seen yet.
        case unverified
        case refused(RequestDecision.Refused)

        var isHit: Bool { if case .kept = self { true } else { false } }
    }

    /// How many callers are kept; one more, and all are forgotten.
    static let capacity = 1_024

    /// Shorter than a web server waits.
    private static let limits = HTTPLimits(
        connectMilliseconds: 3_000, totalMilliseconds: 8_000, bodyByteCount: HTTPLimits.default.bodyByteCount)

    private let kept = Mutex<[CredentialDigest: VerifiedCaller]>([:])
    private let snapshot: ServeSnapshot
    private let issuers: Set<[UInt8]>
    private let keys: IssuerKeys
    private let context: Context

    init(_ snapshot: ServeSnapshot, keys: IssuerKeys, context: Context) {
        self.snapshot = snapshot
        self.keys = keys
        self.context = context
        issuers = Set(snapshot.point.policy.issuers)
    }

    /// Finds the caller without waiting for anybody.
    ///
    /// - Parameter digest: of `token`.
    func find(_ token: borrowing Secret, digest: CredentialDigest) -> Finding {
        if let caller = kept.withLock({ $0[digest] }) {
            return isExpired(caller) ? .refused(Self.expired) : .kept(caller)
        }
        // Two headers, which servers join by a comma, are no token.
        guard token.reveal(PresentedCredential.isToken) else { return .refused(Self.unknown) }
        guard TicketKeys.isTicket(token) else {
            let dots = token.reveal { text in text.indices.count { text[$0] == ASCII.dot } }
            return dots == 2 ? .unverified : .refused(Self.unknown)
        }
        guard let keys = snapshot.tickets, case .success(let ticket) = keys.open(token, with: context.signatures) else {
            return .refused(Self.unknown)
        }
        let caller = VerifiedCaller(
            DecisionPoint.Caller(
                ticket.claims, entitlement: snapshot.point.policy.entitlement(of: ticket.claims), role: ticket.role,
                resource: ticket.resource),
            digest: digest, ticket: (ticket.id, ticket.keyID), issuedAt: ticket.issuedAt,
            expiresAt: end(of: ticket))
        guard !isExpired(caller) else { return .refused(Self.expired) }
        keep(caller)
        return .opened(caller)
    }

    /// Verifies an ID token that was brought as a credential; may wait for the issuer.
    ///
    /// Nobody is asked about a token that no grant fits.
    ///
    /// - Throws: why the request is refused.
    func verify(
        _ token: borrowing Secret, digest: CredentialDigest
    ) throws(RequestDecision.Refused) -> VerifiedCaller {
        guard let idToken = try? IDToken.parse(token.duplicate()) else { throw Self.unknown }
        guard case .string(let issuer) = idToken.claims.comparable("iss"), issuers.contains(issuer) else {
            throw Self.unknown
        }
        let entitlement = snapshot.point.policy.entitlement(of: idToken.claims)
        guard !entitlement.isEmpty else {
            throw RequestDecision.Refused(.otherClaims, "is for what no grant gives to these claims")
        }
        let verifier = IDTokenVerifier(
            issuer: issuer, audience: snapshot.point.definition.origin.description, keys: keys, context: context)
        do throws(MintError) {
            try verifier.verify(idToken) { Self.limits }
        } catch {
            throw error.code == .identityUnverified
                ? RequestDecision.Refused(.credentialUnknown, "has an ID token that is not believed")
                : RequestDecision.Refused(.unavailable, "has an ID token whose issuer cannot be asked now")
        }
        let now = context.clock.now()
        let caller = VerifiedCaller(
            DecisionPoint.Caller(idToken.claims, entitlement: entitlement), digest: digest, ticket: nil,
            issuedAt: idToken.claims.issuedAt ?? now, expiresAt: idToken.claims.expiresAt ?? now)
        keep(caller)
        return caller
    }

    /// Returns when a ticket ends: also one that was given for longer than the manifest says now.
    private func end(of ticket: Ticket) -> Timestamp {
        let lifetime = snapshot.point.definition.tickets?.lifetime.count ?? 0
        return min(ticket.expiresAt, ticket.issuedAt + lifetime)
    }

    /// Whether a credential is over, or from a time to come: a clock that was put back must not lengthen its life.
    private func isExpired(_ caller: VerifiedCaller) -> Bool {
        let now = context.clock.now()
        return caller.expiresAt <= now || caller.issuedAt - now > IDTokenVerifier.clockSkew
    }

    private func keep(_ caller: VerifiedCaller) {
        kept.withLock { kept in
            if kept.count >= Self.capacity { kept = [:] }
            kept[caller.digest] = caller
        }
    }

    static let unknown = RequestDecision.Refused(
        .credentialUnknown, "has a credential that is neither a ticket of hfmint nor an ID token of a known issuer")
    static let expired = RequestDecision.Refused(.credentialExpired, "has a credential that has expired")
}
