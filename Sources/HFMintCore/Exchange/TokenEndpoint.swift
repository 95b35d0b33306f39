/// The Hub's token endpoint: one request for a token, and the meaning of its answer.
///
/// What is sent, and what an answer must be, is in ``PublisherExchange`` and ``MemberExchange``. The caller decides
/// whether to ask, records it, and tries again.
struct TokenEndpoint {
    let authority: Authority
    /// The provider whose form a refusal explains.
    let provider: Provider?
    let deadline: Uptime
    let context: Context

    /// Trades `idToken` at the Hub for a token for `resource`.
    ///
    /// - Parameter claims: the claims of `idToken` to keep with the token, so that a manifest can decide again.
    func token(
        for resource: Resource, by idToken: borrowing IDToken, remembering claims: Claims?
    ) throws(MintError) -> HubToken {
        let sentAt = context.clock.now()
        let response = try send(.none, PublisherExchange.body(idToken.secret, for: resource))
        guard (200...299).contains(response.status) else {
            try checkTrouble(response, safeBecause: "nothing is wrong with the Trusted Publisher; ")
            throw PublisherRefusal(
                HubRefusal(response), claims: idToken.claims, resource: resource, authority: authority,
                provider: provider
            ).error(now: context.clock.now())
        }
        guard response.status == 200, let answer = PublisherExchange.answer(response.body) else {
            throw notAToken(response.status, isPage: response.body.looksLikePage)
        }
        let token = try token(answer, sentAt: sentAt, claims: claims, requestID: response.header("x-request-id"))
        // Whoever answers for the Hub with a ticket is not the Hub.
        guard token.kind != .ticket || authority.endpoint != .huggingFace else {
            throw notAToken(response.status, isPage: false)
        }
        return token
    }

    func send(
        _ credential: consuming HTTPCredential, _ body: consuming HTTPBody
    ) throws(MintError) -> HTTPResponse {
        do throws(TransportError) {
            return try context.send(
                .tokenExchange(at: authority.endpoint), credential: credential, body: body,
                limits: Attempts(until: deadline).limits(context.clock))
        } catch {
            throw .transport(error, to: authority.endpoint.host, doing: .serviceUnavailable)
        }
    }

    /// Makes the token of `answer`; its life counts from `sentAt`.
    func token(
        _ answer: borrowing TokenResponse, sentAt: Timestamp, claims: Claims?, requestID: String?
    ) throws(MintError) -> HubToken {
        let digest = try context.digests.sha256(answer.token).hexadecimal
        return HubToken(
            secret: answer.token.duplicate(), expiresAt: sentAt + answer.lifetimeSeconds, sha256: digest,
            claimsText: claims?.text, requestID: requestID)
    }

    /// Returns the error for a success that holds no token.
    func notAToken(_ status: Int, isPage: Bool) -> MintError {
        MintError(
            .answerInvalid,
            "\(authority.endpoint.host) answered \(status), but not with a Hub token; nothing was written",
            hint: isPage
                ? "it is a web page: log in to the network that this machine is on, or look at the proxy in between"
                : "check that \(authority.endpoint) is the Hub and not a proxy's page")
    }

    /// Throws if the answer shows trouble with the Hub or the way there, which is not a refusal.
    ///
    /// - Parameter reason: the start of the hint for an answer that blames the request wrongly.
    func checkTrouble(_ response: borrowing HTTPResponse, safeBecause reason: String) throws(MintError) {
        let host = authority.endpoint.host
        let refusal = HubRefusal(response)
        if response.isTransient || refusal.isAborted {
            throw MintError(
                .serviceUnavailable,
                refusal.isAborted
                    ? "\(host) could not ask the issuer for its keys (\(refusal.sentence))"
                    : "\(host) answered \(response.status)",
                requestID: refusal.requestID,
                hint: refusal.isAborted ? "\(reason)this is safe to try again" : "this is safe to try again",
                isTransient: true, retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        if response.isRedirect {
            throw MintError(
                .answerInvalid, "\(host) answered with a redirect (\(response.status)), which is never followed",
                requestID: refusal.requestID, hint: "set --endpoint or HF_ENDPOINT to the Hub's own address")
        }
    }
}

extension HubToken {
    /// The claims of the ID token that the Hub gave this token for; `nil` if no manifest decided.
    var claims: Claims? { claimsText.map { Claims($0) } }
}
