/// The token endpoint: an ID token is traded for a ticket, or for a token of the Hub.
extension DecisionService {
    func trade(_ request: ServeRequest, _ reply: ServeReply) {
        later(reply) { [self] in
            let broker = Broker(
                keys: keys, used: used, context: context,
                upstream: { [self] credential, snapshot throws(MintError) in
                    try tokens.ready(credential) ?? tokens.fetch(credential, for: snapshot.point.definition)
                },
                isDenied: { [self] issuer, subject in
                    current.denied.refuses(issuer: issuer, subject: subject, tokenSHA256: "", keyID: nil)
                })
            let answer = broker.answer(request, by: current.snapshot) { event throws(MintError) in
                metrics.answeredTokenRequest(error: event.decision == .allowed ? nil : event.tokenError)
                try record(event)
            }
            reply.send(answer)
        } orElse: {
            metrics.answeredTokenRequest(error: "overloaded")
            reply.send(
                ServeAnswer(
                    .serviceUnavailable,
                    [
                        .init(.contentType, .init(lossy: "application/json")), .init(.retryAfter, .init(lossy: "5")),
                        .init(.cacheControl, .init(lossy: "no-store")), .init(.requestID, .init(lossy: request.id)),
                    ],
                    body: [
                        .text(
                            #"{"error":"temporarily_unavailable","error_description":"too many requests wait; try again"}"#
                        )
                    ]))
        }
    }

    /// Records `event`, and returns when it is durable, together with those of other threads.
    private func record(_ event: AuditEvent) throws(MintError) {
        let written = SharedWork<MintError?>()
        records.add(event) { written.finish($0) }
        if let failure = written.value(waitingWith: context.workers) { throw failure }
    }
}
