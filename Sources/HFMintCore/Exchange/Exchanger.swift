/// Trades this job's ID token for a Hub token: checks what cannot work, asks, tries again, explains a refusal.
package struct Exchanger: Sendable {
    package let authority: Authority
    package let source: IDTokenSource
    package let allowsUntrustedEvent: Bool
    /// What a manifest lets this job have; `nil` where none was named.
    package let gate: Gate?
    private let deadlineSeconds: Int
    /// By the clock's uptime: one deadline for all resources.
    private let deadline: Duration
    private let cache: TokenCache?
    private let context: Context

    package init(
        authority: Authority,
        source: IDTokenSource,
        allowsUntrustedEvent: Bool = false,
        gate: Gate? = nil,
        deadlineSeconds: Int = 90,
        cache: TokenCache? = nil,
        context: Context
    ) {
        self.authority = authority
        self.source = source
        self.allowsUntrustedEvent = allowsUntrustedEvent
        self.gate = gate
        self.deadlineSeconds = deadlineSeconds
        deadline = context.clock.uptime() + .seconds(deadlineSeconds)
        self.cache = cache
        self.context = context
    }

    /// A token for `resource`: one that this job already has, else a fresh one from the Hub.
    ///
    /// A manifest decides in either case.
    package func token(for resource: Resource) throws(MintError) -> HubToken {
        try gate?.policy.checkRequest(role: gate?.role, resource: resource)
        guard let cache else { return try exchange(for: resource) }
        return try cache.token(
            for: key(resource), until: deadline,
            admits: { token throws(MintError) in
                guard gate != nil else { return true }
                guard let claims = token.claims else { return false }
                try admit(claims, to: resource)
                return true
            },
            exchange: { () throws(MintError) in try exchange(for: resource) })
    }

    /// The one place where a manifest decides: for a fresh token, a cached one, and a renewed one.
    ///
    /// - Returns: `nil` where no manifest was named.
    @discardableResult
    private func admit(_ claims: Claims, to resource: Resource) throws(MintError) -> Decision.Allowed? {
        guard let allowed = try gate?.admit(claims, to: resource) else { return nil }
        context.trace("\(allowed.grant.label) of '\(allowed.grant.place.file)' gives the role '\(allowed.role.name)'")
        return allowed
    }

    /// A fresh token for `resource`, whatever the job already has, within a deadline of its own; see ``keep(_:for:)``.
    package func renewedToken(for resource: Resource) throws(MintError) -> HubToken {
        let again = Exchanger(
            authority: authority, source: source, allowsUntrustedEvent: allowsUntrustedEvent, gate: gate,
            deadlineSeconds: deadlineSeconds, cache: cache, context: context)
        return try again.exchange(for: resource)
    }

    /// Has the job's next calls use `token`.
    package func keep(_ token: HubToken, for resource: Resource) { cache?.keep(token, for: key(resource)) }

    /// Forgets the cached token for `resource`, if it is the one that the Hub has just rejected.
    package func drop(_ rejected: borrowing Secret, for resource: Resource) throws(MintError) {
        do throws(FileFailure) {
            try cache?.drop(rejected, for: key(resource))
        } catch {
            throw MintError(.stateUnusable, "cannot drop '\(error.path)': \(error.reason)")
        }
    }

    private func key(_ resource: Resource) -> TokenKey {
        TokenKey(
            authority: authority, resource: resource, identity: source.identity(in: context),
            allowsUntrustedEvent: allowsUntrustedEvent, gate: gate)
    }

    private func exchange(for resource: Resource) throws(MintError) -> HubToken {
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

    private func attempt(_ resource: Resource, _ attempts: Attempts) throws(TryFailure) -> HubToken {
        let limits = attempts.limits(context.clock)
        let idToken = try source.acquisition.idToken(
            in: context, limits: limits, remaining: attempts.remaining(context.clock))
        context.trace("got an ID token of \(idToken.secret.byteCount) bytes from \(source.acquisition.source)")
        // What the ID token took is not there a second time.
        try check(idToken.claims, limits: Attempts(until: deadline).limits(context.clock))
        do throws(MintError) {
            try admit(idToken.claims, to: resource)
        } catch {
            throw TryFailure(error)
        }
        return try exchange(idToken, for: resource, limits: Attempts(until: deadline).limits(context.clock))
    }

    private func exchange(
        _ idToken: borrowing IDToken, for resource: Resource, limits: HTTPLimits
    ) throws(TryFailure) -> HubToken {
        let host = authority.endpoint.host
        let sentAt = context.clock.now()
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                TokenExchange.request(to: authority.endpoint), body: TokenExchange.body(idToken, for: resource),
                limits: limits)
        } catch {
            throw TryFailure(
                .transport(error, to: host, doing: .serviceUnavailable), isTransient: error.isTransient)
        }
        guard (200...299).contains(response.status) else { throw refusal(response, idToken.claims, resource) }
        guard response.status == 200, let answer = TokenExchange.answer(response.body) else {
            throw TryFailure(
                MintError(
                    .answerInvalid,
                    "\(host) answered \(response.status), but not with a Hub token; nothing was written",
                    hint: "check that \(authority.endpoint) is the Hub and not a proxy's page"))
        }
        do throws(MintError) {
            let digest = try context.digests.sha256(answer.token).hexadecimal
            return HubToken(
                secret: answer.token.duplicate(), expiresAt: sentAt + answer.lifetimeSeconds, sha256: digest,
                claims: gate == nil ? nil : idToken.claims)
        } catch {
            throw TryFailure(error)
        }
    }

    private func refusal(
        _ response: borrowing HTTPResponse, _ claims: Claims, _ resource: Resource
    ) -> TryFailure {
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
                    hint: refusal.isAborted
                        ? "nothing is wrong with the Trusted Publisher; this is safe to try again"
                        : "this is safe to try again"),
                isTransient: true, retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        if (300...399).contains(response.status) {
            return TryFailure(
                MintError(
                    .answerInvalid, "\(host) answered with a redirect (\(response.status)), which is never followed",
                    details: requestID, hint: "set --endpoint or HF_ENDPOINT to the Hub's own address"))
        }
        return TryFailure(
            Refusal(refusal, claims: claims, resource: resource, authority: authority, provider: source.provider)
                .error(now: context.clock.now()))
    }
}

extension Exchanger {
    /// What cannot work is refused here, where it can be explained, and before anything is sent.
    private func check(_ claims: Claims, limits: HTTPLimits) throws(TryFailure) {
        try checkAudience(claims)
        if let reason = untrustedEvent(claims) {
            throw TryFailure(
                MintError(
                    .eventUntrusted, "refused: \(reason)",
                    hint: "if the job runs no code of theirs, give --allow-untrusted-event"))
        }
        try checkExpiry(claims, limits: limits)
    }

    private func checkAudience(_ claims: Claims) throws(TryFailure) {
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

    private func untrustedEvent(_ claims: Claims) -> String? {
        guard !allowsUntrustedEvent else { return nil }
        return source.provider?.untrustedEvent(context.job, claims)
    }

    /// A token made for this try is never refused for time.
    ///
    /// A given one is, when the local clock and the Hub's agree.
    private func checkExpiry(_ claims: Claims, limits: HTTPLimits) throws(TryFailure) {
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
