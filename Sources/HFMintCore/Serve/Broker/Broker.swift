/// The front door's token endpoint: it trades an ID token for a ticket, or for a token of the Hub.
///
/// A request is read (``TokenExchangeRequest``), and the policy of the ``ServeSnapshot`` says what the claims may have
/// (`Broker+Grants.swift`), before anybody is asked anything. Only then is the ID token verified with its issuer's
/// keys, and put down as used (``UsedTokens``). Nothing is handed out before its record is durable. A no is a
/// ``TokenRefusal``.
///
/// The answers are those of RFC 8693 in the Hub's spelling, so that unmodified clients of the Hub understand them. The
/// broker decides for `serve.mode: audit` as for `enforce`: there is no credential for somebody who may have none.
///
/// ```swift
/// let broker = Broker(keys: keys, used: used, context: context, upstream: tokens.fetch)
/// let answer = broker.answer(request, by: snapshot) { event, _ throws(MintError) in try trail.record(event) }
/// ```
///
/// <https://www.rfc-editor.org/rfc/rfc8693>, <https://huggingface.co/docs/hub/trusted-publishers>
package struct Broker: Sendable {
    package typealias Upstream =
        @Sendable (ServeDefinition.Credential, ServeSnapshot) throws(MintError) -> SharedSecret
    package typealias Denial = @Sendable (_ issuer: [UInt8], _ subject: [UInt8], _ tokenSHA256: String) -> Bool

    private let keys: IssuerKeys
    private let used: UsedTokens
    private let context: Context
    private let upstream: Upstream
    private let secondsLeft: @Sendable (ServeDefinition.Credential) -> Int?
    private let isDenied: Denial

    /// The life that an answer promises of a token of the Hub whose end is not known, in seconds.
    package static let tokenLifetime = 3_600

    /// - Parameters:
    ///   - upstream: returns the Hub's token of a credential; it may ask the Hub.
    ///   - secondsLeft: returns how long the token of a credential lives that `upstream` has just returned, if that is
    ///     known.
    ///   - isDenied: returns whether the list of `serve.deny` names a subject, or an ID token by its SHA-256.
    package init(
        keys: IssuerKeys, used: UsedTokens, context: Context, upstream: @escaping Upstream,
        secondsLeft: @escaping @Sendable (ServeDefinition.Credential) -> Int? = { _ in nil },
        isDenied: @escaping Denial = { _, _, _ in false }
    ) {
        self.keys = keys
        self.used = used
        self.context = context
        self.upstream = upstream
        self.secondsLeft = secondsLeft
        self.isDenied = isDenied
    }

    /// What is handed out.
    private struct Handout {
        let token: SharedSecret
        let sha256: String
        let lifetimeSeconds: Int
        /// What the record says of it.
        let note: String
        /// Lets the ID token be traded again, where nothing can be handed out after all.
        var takeBack: @Sendable () -> Void = {}
    }

    /// Answers one request; it may wait for the issuer and for the Hub.
    ///
    /// - Parameter record: called once, before the answer is made, with the refusal if it is a no. If it throws,
    ///   nothing is handed out.
    package func answer(
        _ request: ServeRequest, by snapshot: ServeSnapshot,
        record: (AuditEvent, TokenRefusal?) throws(MintError) -> Void
    ) -> ServeAnswer {
        var question = Question(request, context.clock.now())
        let result: Result<Handout, TokenRefusal>
        do throws(TokenRefusal) {
            result = .success(try decide(request, by: snapshot, &question))
        } catch {
            result = .failure(error)
        }
        do throws(MintError) {
            switch result {
            case .success(let handout):
                try record(question.issued(handout.note, handout.sha256, handout.lifetimeSeconds), nil)
                return answer(handing: handout, question)
            case .failure(let refusal):
                try record(question.refused(refusal), refusal)
                return refusal.answer(to: request)
            }
        } catch {
            if case .success(let handout) = result { handout.takeBack() }
            return TokenRefusal(failing: error).answer(to: request)
        }
    }

    private func decide(
        _ request: ServeRequest, by snapshot: ServeSnapshot, _ question: inout Question
    ) throws(TokenRefusal) -> Handout {
        let definition = snapshot.point.definition
        let asked = try TokenExchangeRequest(request, to: definition.origin)
        (question.role, question.resource) = (asked.role, asked.resource)
        let idToken = try Self.idToken(asked)
        question.claims = idToken.claims
        let policy = snapshot.point.policy
        guard case .string(let issuer) = idToken.claims.comparable("iss"),
            policy.grants.contains(where: { $0.issuer == issuer })
        else {
            throw TokenRefusal(.badRequest, .invalidGrant, "issuer-unknown", "no grant names the ID token's issuer")
        }
        let verifier = IDTokenVerifier(
            issuer: issuer, audience: definition.origin.description, keys: keys, context: context)
        let admitted = try admitted(idToken, question, by: policy, believing: verifier)
        question.admitted = admitted
        guard case .string(let subject) = idToken.claims.comparable("sub"),
            !isDenied(issuer, subject, try sha256(idToken))
        else { throw TokenRefusal(.badRequest, .invalidGrant, "subject-denied", "this subject is refused") }
        do throws(MintError) {
            try verifier.verify(idToken) { Self.limits }
        } catch {
            throw TokenRefusal(verifying: error)
        }
        question.verified = .hfmint
        var handout =
            switch definition.delivery {
            case .ticket: try ticket(question, snapshot)
            case .token: try token(question, snapshot)
            }
        try use(idToken, for: question, by: definition, issuer)
        let text = SharedSecret(idToken.secret.duplicate())
        handout.takeBack = { [used] in
            if let idToken = try? IDToken.parse(text.secret.duplicate()) { used.takeBack(idToken) }
        }
        return handout
    }

    private static func idToken(_ asked: borrowing TokenExchangeRequest) throws(TokenRefusal) -> IDToken {
        do throws(Malformed) {
            return try IDToken.parse(asked.subjectToken.duplicate())
        } catch {
            throw TokenRefusal(
                .badRequest, .invalidRequest, MintError.Code.identityUnsuitable.rawValue,
                "'subject_token' is not an ID token: \(error.reason)")
        }
    }

    /// For the issuer's answer: a caller waits no longer than for the Hub itself.
    private static let limits = HTTPLimits(
        connectMilliseconds: 5_000, totalMilliseconds: 10_000, bodyByteCount: HTTPLimits.default.bodyByteCount)

    private func ticket(_ question: Question, _ snapshot: ServeSnapshot) throws(TokenRefusal) -> Handout {
        try failing { () throws(MintError) in
            guard let keys = snapshot.tickets, let lifetime = snapshot.point.definition.tickets?.lifetime.count else {
                throw MintError(.stateUnusable, "there are no keys of tickets")
            }
            let id = (bigEndianBytes(context.random()) + bigEndianBytes(context.random())).hexadecimal
            let text = try keys.seal(
                id: id, issuedAt: question.askedAt, expiresAt: question.askedAt + lifetime, role: question.role,
                resource: question.resource, claims: question.claims, with: context.signatures)
            return Handout(
                token: text, sha256: try sha256(text), lifetimeSeconds: lifetime, note: "ticket=\(id)")
        }
    }

    private func token(_ question: Question, _ snapshot: ServeSnapshot) throws(TokenRefusal) -> Handout {
        let credential = try credential(
            for: question.resource, of: question.admitted.map(\.role), in: snapshot.point.definition)
        return try failing { () throws(MintError) in
            let token = try upstream(credential, snapshot)
            return Handout(
                token: token, sha256: try sha256(token), lifetimeSeconds: secondsLeft(credential) ?? Self.tokenLifetime,
                note: "credential=\(credential.place.path)")
        }
    }

    private func sha256(_ token: SharedSecret) throws(MintError) -> String {
        try context.digests.sha256(token.secret).hexadecimal
    }

    private func sha256(_ idToken: borrowing IDToken) throws(TokenRefusal) -> String {
        do throws(MintError) {
            return try context.digests.sha256(idToken.secret).hexadecimal
        } catch {
            throw TokenRefusal(failing: error)
        }
    }

    private func use(
        _ idToken: borrowing IDToken, for question: Question, by definition: ServeDefinition, _ issuer: [UInt8]
    ) throws(TokenRefusal) {
        let limit = definition.reuse.first { $0.issuer == issuer }?.count ?? 1
        let expiry = (idToken.claims.exactMoment("exp") ?? question.askedAt) + IDTokenVerifier.clockSkew
        let isUnused: Bool
        do throws(MintError) {
            isUnused = try used.use(
                idToken, for: .init(role: question.role, resource: question.resource), limit: limit, until: expiry)
        } catch {
            throw TokenRefusal(failing: error)
        }
        guard isUnused else {
            throw TokenRefusal(
                .badRequest, .invalidGrant, "token-used",
                "this ID token was used \(limit == 1 ? "already" : "\(limit) times already, or for something else")")
        }
    }

    private func failing<Value>(_ body: () throws(MintError) -> Value) throws(TokenRefusal) -> Value {
        do throws(MintError) {
            return try body()
        } catch {
            // The one error that is about the caller: its claims do not fit into a ticket.
            guard error.code != .identityUnsuitable else {
                throw TokenRefusal(.badRequest, .invalidGrant, "claims-too-large", error.message)
            }
            throw TokenRefusal(failing: error)
        }
    }

    private func answer(handing handout: Handout, _ question: Question) -> ServeAnswer {
        var members: [JSONValue.Member] = [
            .init("access_token", .secret(handout.token)),
            .init("issued_token_type", .string(TokenExchangeRequest.accessTokenType)),
            .init("token_type", "bearer"), .init("expires_in", .integer(handout.lifetimeSeconds)),
        ]
        if let role = question.role { members.append(.init("scope", .string(role))) }
        let headers: [ServeAnswer.Header] = [
            .init(.contentType, .init(lossy: "application/json")), .init(.cacheControl, .init(lossy: "no-store")),
            .init(.requestID, .init(lossy: question.requestID)),
        ]
        return ServeAnswer(.ok, headers, body: [.secret(SharedSecret(JSONValue.object(members).rendered()))])
    }
}
