/// The token endpoint: an ID token is traded for a ticket, or for a token of the Hub.
extension DecisionService {
    func trade(_ request: ServeRequest, _ reply: ServeReply) {
        later(issuerWork, reply) { [self] in
            let broker = Broker(
                keys: keys, used: used, context: context,
                upstream: { [self] credential, snapshot throws(MintError) in
                    if let token = tokens.ready(credential) { return token }
                    return try tokens.fetch(credential, for: snapshot.point.definition)
                },
                secondsLeft: { [self] in tokens.secondsLeft($0) },
                isDenied: { [self] issuer, subject, digest in
                    current.denied.refuses(issuer: issuer, subject: subject, tokenSHA256: digest, keyID: nil)
                })
            let answer = broker.answer(request, by: current.snapshot) { event, refusal throws(MintError) in
                metrics.answeredTokenRequest(error: refusal?.error.rawValue)
                // A no gives nobody anything. Strangers who make many would have the threads wait for the disk.
                if refusal == nil { try record(event) } else { records.add(event) }
            }
            reply.send(answer)
        } orElse: {
            let refusal = TokenRefusal(
                .serviceUnavailable, .temporarilyUnavailable, RequestDecision.Code.unavailable.rawValue,
                "too many requests wait", retryAfterSeconds: 5)
            metrics.answeredTokenRequest(error: refusal.error.rawValue)
            reply.send(refusal.answer(to: request))
        }
    }

    /// Records `event`, and returns when it is durable, together with those of other threads.
    private func record(_ event: AuditEvent) throws(MintError) {
        let written = SharedWork<MintError?>()
        records.add(event) { written.finish($0) }
        if let failure = written.value(waitingWith: context.workers) { throw failure }
    }
}
