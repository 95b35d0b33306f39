/// Gets a Hub token for this job's ID token, or for a member of an organization: checks what cannot work, asks, tries
/// again, explains a refusal.
package struct Exchanger: Sendable {
    package let authority: Authority
    /// `nil` where no ID token is asked for: then the ``member``'s organization vouches by its application's secret.
    package let source: IDTokenSource?
    package let member: OrganizationMember?
    package let platform: Provider?
    package let allowsUntrustedEvent: Bool
    private let deadlineSeconds: Int
    /// By the clock's uptime: one deadline for all resources.
    private let deadline: Duration
    private let cache: TokenCache?
    let context: Context

    package init(
        authority: Authority,
        source: IDTokenSource?,
        member: OrganizationMember? = nil,
        platform: Provider? = nil,
        allowsUntrustedEvent: Bool = false,
        deadlineSeconds: Int = 90,
        cache: TokenCache? = nil,
        context: Context
    ) {
        self.authority = authority
        self.source = source
        self.member = member
        self.platform = platform ?? source?.platform
        self.allowsUntrustedEvent = allowsUntrustedEvent
        self.deadlineSeconds = deadlineSeconds
        deadline = context.clock.uptime() + .seconds(deadlineSeconds)
        self.cache = cache
        self.context = context
    }

    /// Whether another token may be had when this one is old.
    package var canMintAgain: Bool { source?.acquisition.canMintAgain ?? true }

    /// A token for `resource`: one that this job already has, else a fresh one from the Hub.
    ///
    /// - Parameter resource: what the token is for; for a member's token it may be `nil`, and the Hub is not told.
    package func token(for resource: Resource?) throws(MintError) -> HubToken {
        guard let cache else { return try exchange(for: resource) }
        return try cache.token(for: key(resource), until: deadline) { () throws(MintError) in
            try exchange(for: resource)
        }
    }

    /// A fresh token for `resource`, whatever the job already has, within a deadline of its own; see ``keep(_:for:)``.
    package func renewedToken(for resource: Resource?) throws(MintError) -> HubToken {
        let again = Exchanger(
            authority: authority, source: source, member: member, platform: platform,
            allowsUntrustedEvent: allowsUntrustedEvent, deadlineSeconds: deadlineSeconds, cache: cache,
            context: context)
        return try again.exchange(for: resource)
    }

    /// Has the job's next calls use `token`.
    package func keep(_ token: HubToken, for resource: Resource?) {
        guard let cache, let key = try? key(resource) else { return }
        cache.keep(token, for: key)
    }

    /// Forgets the cached token for `resource`, if it is the one that the Hub has just rejected.
    package func drop(_ rejected: borrowing Secret, for resource: Resource?) throws(MintError) {
        let key = try key(resource)
        do throws(FileFailure) {
            try cache?.drop(rejected, for: key)
        } catch {
            throw MintError(.stateUnusable, "cannot drop '\(error.path)': \(error.reason)")
        }
    }

    private func key(_ resource: Resource?) throws(MintError) -> TokenKey {
        if let member {
            return TokenKey(
                authority: authority, member: member, clientID: try member.client.readID(in: context),
                identity: source?.identity(in: context) ?? Provider.jobIdentity(platform, in: context),
                allowsUntrustedEvent: allowsUntrustedEvent)
        }
        guard let resource, let source else { throw .nothingToTrade }
        return TokenKey(
            authority: authority, resource: resource, identity: source.identity(in: context),
            allowsUntrustedEvent: allowsUntrustedEvent)
    }

    private func exchange(for resource: Resource?) throws(MintError) -> HubToken {
        var attempts = Attempts(until: deadline)
        while true {
            do throws(TryFailure) {
                return try attempt(resource, attempts)
            } catch {
                guard attempts.waitAfterFailure(error, in: context) else { throw told(error, after: attempts) }
            }
        }
    }

    private func told(_ failure: TryFailure, after attempts: Attempts) -> MintError {
        var error = failure.error
        if failure.isTransient, attempts.made > 1 { error.details.append("tried \(attempts.made) times") }
        if let seconds = failure.retryAfterSeconds, seconds > 0 {
            error.details.append("asked to come back in \(inWords(seconds: seconds))")
        }
        return error
    }

    private func attempt(_ resource: Resource?, _ attempts: Attempts) throws(TryFailure) -> HubToken {
        guard let source else {
            try checkEvent(.none)
            return try exchangeForMember()
        }
        let idToken = try source.acquisition.idToken(
            in: context, limits: attempts.limits(context.clock), remaining: attempts.remaining(context.clock))
        context.trace("got an ID token of \(idToken.secret.byteCount) bytes from \(source.acquisition.source)")
        try check(idToken.claims, from: source)
        guard let resource else { throw TryFailure(.nothingToTrade) }
        return try exchange(idToken, for: resource)
    }

    /// What an earlier request of the same try took is not there a second time.
    private var limits: HTTPLimits { Attempts(until: deadline).limits(context.clock) }

    private func exchange(_ idToken: borrowing IDToken, for resource: Resource) throws(TryFailure) -> HubToken {
        let sentAt = context.clock.now()
        let response = try send(.none, TokenExchange.body(idToken, for: resource))
        guard (200...299).contains(response.status) else {
            if let trouble = trouble(response, safeBecause: "nothing is wrong with the Trusted Publisher; ") {
                throw trouble
            }
            throw TryFailure(
                Refusal(
                    HubRefusal(response), claims: idToken.claims, resource: resource, authority: authority,
                    platform: platform
                ).error(now: context.clock.now()))
        }
        guard response.status == 200, let answer = TokenExchange.answer(response.body) else {
            throw notAToken(response.status)
        }
        return try token(answer, sentAt: sentAt)
    }

    func send(
        _ credential: consuming HTTPCredential, _ body: consuming HTTPBody
    ) throws(TryFailure) -> HTTPResponse {
        do throws(TransportError) {
            return try context.send(
                TokenExchange.request(to: authority.endpoint), credential: credential, body: body, limits: limits)
        } catch {
            throw TryFailure(
                .transport(error, to: authority.endpoint.host, doing: .serviceUnavailable),
                isTransient: error.isTransient)
        }
    }

    func token(_ answer: borrowing TokenExchange.Answer, sentAt: Timestamp) throws(TryFailure) -> HubToken {
        do throws(MintError) {
            let digest = try context.digests.sha256(answer.token).hexadecimal
            return HubToken(
                secret: answer.token.duplicate(), expiresAt: sentAt + answer.lifetimeSeconds, sha256: digest)
        } catch {
            throw TryFailure(error)
        }
    }

    func notAToken(_ status: Int) -> TryFailure {
        TryFailure(
            MintError(
                .answerInvalid,
                "\(authority.endpoint.host) answered \(status), but not with a Hub token; nothing was written",
                hint: "check that \(authority.endpoint) is the Hub and not a proxy's page"))
    }

    /// What is wrong with the Hub or the way there, and not with what was asked; `nil` for a refusal.
    func trouble(_ response: borrowing HTTPResponse, safeBecause reason: String) -> TryFailure? {
        let host = authority.endpoint.host
        let refusal = HubRefusal(response)
        let requestID = refusal.requestID.map { ["request id: \($0)"] } ?? []
        if response.isTransient || refusal.isAborted {
            return TryFailure(
                MintError(
                    .serviceUnavailable,
                    refusal.isAborted
                        ? "\(host) could not ask the issuer for its keys (\(refusal.sentence))"
                        : "\(host) answered \(response.status)",
                    details: requestID,
                    hint: refusal.isAborted ? "\(reason)this is safe to try again" : "this is safe to try again"),
                isTransient: true, retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        if (300...399).contains(response.status) {
            return TryFailure(
                MintError(
                    .answerInvalid, "\(host) answered with a redirect (\(response.status)), which is never followed",
                    details: requestID, hint: "set --endpoint or HF_ENDPOINT to the Hub's own address"))
        }
        return nil
    }
}

extension Exchanger {
    /// What cannot work is refused here, where it can be explained, and before anything is sent.
    private func check(_ claims: Claims, from source: IDTokenSource) throws(TryFailure) {
        try checkAudience(claims, from: source)
        try checkEvent(claims)
        try checkExpiry(claims, from: source)
    }

    private func checkAudience(_ claims: Claims, from source: IDTokenSource) throws(TryFailure) {
        guard !claims.audiences.contains(where: { $0.equals(authority.audience) }) else { return }
        let found = claims.audiences.map { "'\(String(decoding: $0, as: UTF8.self))'" }.joined(separator: ", ")
        let audience = found.isEmpty ? "names no audience" : "is for the audience \(found)"
        throw TryFailure(
            MintError(
                .identityUnsuitable,
                "the ID token from \(source.acquisition.source) \(audience), and \(authority.endpoint.host) takes only"
                    + " '\(authority.audience)'",
                hint: "ask for an ID token whose `aud` is \(authority.audience)"))
    }

    /// - Parameter claims: of the job's ID token; none where there is no such token, and the environment must do.
    func checkEvent(_ claims: Claims) throws(TryFailure) {
        guard !allowsUntrustedEvent, let reason = platform?.untrustedEvent(context.job, claims) else { return }
        throw TryFailure(
            MintError(
                .eventUntrusted, "refused: \(reason)",
                hint: "if the job runs no code of theirs, give --allow-untrusted-event"))
    }

    /// A token made for this try is never refused for time.
    ///
    /// A given one is, when the local clock and the Hub's agree.
    private func checkExpiry(_ claims: Claims, from source: IDTokenSource) throws(TryFailure) {
        guard !source.acquisition.canMintAgain, let expiry = claims.expiresAt, expiry < context.clock.now() else {
            return
        }
        let probe = try? context.send(HTTPRequest(.head, HTTPURL(authority.endpoint, "/")), limits: limits)
        guard let hubTime = probe?.date else { return }
        guard expiry < hubTime else {
            context.note(
                "the clock of this machine is \(inWords(seconds: context.clock.now() - hubTime)) ahead of the Hub's")
            return
        }
        throw TryFailure(
            MintError(
                .identityUnsuitable,
                "the ID token from \(source.acquisition.source) expired at \(expiry.rfc3339),"
                    + " \(inWords(seconds: hubTime - expiry)) ago",
                hint: "exchange it earlier in the job, or give the job a longer `timeout`"))
    }
}

extension MintError {
    /// What a command checks before it gets here.
    static let nothingToTrade = usage("no resource was named", hint: "name what the token is for: owner/name")
}
