/// One request is decided: whether it may pass. It is recorded, and answered.
extension DecisionService {
    /// What is known of a request while it is decided.
    private struct Question: Sendable {
        let request: ServeRequest
        let reply: ServeReply
        let began: Uptime
        let snapshot: ServeSnapshot
        var caller: VerifiedCaller?
        var digest: CredentialDigest?
    }

    func decide(_ request: ServeRequest, _ reply: ServeReply) {
        let (snapshot, callers, denied) = current
        var question = Question(request: request, reply: reply, began: context.clock.uptime(), snapshot: snapshot)
        do throws(RequestDecision.Refused) {
            let route = try snapshot.point.route(
                of: DecisionPoint.Request(
                    method: Array(request.method.utf8), host: request.host, target: request.uri, caller: nil))
            guard let authorization = request.authorization else {
                return answer(question, try snapshot.point.allowed(route, nil))
            }
            guard let presented = PresentedCredential(authorization.secret) else { throw Callers.unknown }
            let digest = try sha256(presented.token)
            question.digest = digest
            let found = callers.find(presented.token, digest: digest)
            metrics.lookedForCaller(found.isHit ? .hit : .miss)
            switch found {
            case .kept(let caller), .opened(let caller): try pass(&question, route, caller, denied)
            case .refused(let refused): throw refused
            case .unverified: verifyLater(question, route, callers, SharedSecret(presented.token.duplicate()), digest)
            }
        } catch {
            refuse(question, error)
        }
    }

    private func verifyLater(
        _ question: Question, _ route: HubRoute, _ callers: Callers, _ token: SharedSecret,
        _ digest: CredentialDigest
    ) {
        later(issuerWork, question.reply) { [self] in
            var question = question
            do throws(RequestDecision.Refused) {
                let caller = try callers.verify(token.secret, digest: digest)
                try pass(&question, route, caller, current.denied)
            } catch {
                refuse(question, error)
            }
        } orElse: {
            refuse(question, Self.overloaded)
        }
    }

    private static let denied = RequestDecision.Refused(.onDenyList, "is from somebody who is on the deny list")
    private static let overloaded = RequestDecision.Refused(.unavailable, "must wait, and too many wait already")

    /// Decides about a caller whose credential was verified.
    private func pass(
        _ question: inout Question, _ route: HubRoute, _ caller: VerifiedCaller, _ denied: DenyList
    ) throws(RequestDecision.Refused) {
        question.caller = caller
        guard !denied.refuses(caller) else { throw Self.denied }
        answer(question, try question.snapshot.point.allowed(route, caller.caller))
    }

    /// Answers yes, with the credential that goes upstream.
    private func answer(_ question: Question, _ allowed: RequestDecision.Allowed) {
        guard let credential = allowed.admission?.credential else { return finish(question, allowed, nil) }
        if let token = tokens.ready(credential) { return finish(question, allowed, token) }
        later(hubWork, question.reply) { [self] in
            do throws(MintError) {
                let token = try tokens.fetch(credential, for: question.snapshot.point.definition)
                // The list may have changed meanwhile.
                if let caller = question.caller, current.denied.refuses(caller) {
                    return refuse(question, Self.denied)
                }
                finish(question, allowed, token)
            } catch {
                context.note("\(credential.place.path) gives no token: \(error.message)")
                refuse(
                    question,
                    RequestDecision.Refused(.unavailable, "is allowed, and there is no token of the Hub for it now"))
            }
        } orElse: {
            refuse(question, Self.overloaded)
        }
    }

    /// Records a yes, and sends it when the record is durable, if it must be.
    private func finish(_ question: Question, _ allowed: RequestDecision.Allowed, _ token: SharedSecret?) {
        guard let answer = ServeAnswer(allowed, token, actor: question.caller?.actor) else {
            return refuse(
                question, RequestDecision.Refused(.unavailable, "is allowed, and its token fits into no header"))
        }
        let counted =
            allowed.despite.map { .notEnforced(code: $0.code.rawValue) }
            ?? ServeMetrics.Answer.allowed(role: allowed.admission?.role.name)
        guard records.isRecording else { return send(answer, question, counted) }
        record(question, .allowed(allowed)) { [self] failure in
            guard failure == nil else {
                let refused = RequestDecision.Refused(.unavailable, "is allowed, and could not be recorded")
                return send(
                    ServeAnswer(refused, to: question.request), question, .refused(code: refused.code.rawValue))
            }
            send(answer, question, counted)
        }
    }

    private func send(_ answer: ServeAnswer, _ question: Question, _ counted: ServeMetrics.Answer) {
        metrics.decided(counted, microseconds: microseconds(question))
        question.reply.send(answer)
    }

    /// Records a no, and sends it without waiting for that.
    private func refuse(_ question: Question, _ refused: RequestDecision.Refused) {
        record(question, .refused(refused)) { _ in }
        send(ServeAnswer(refused, to: question.request), question, .refused(code: refused.code.rawValue))
    }

    private func record(
        _ question: Question, _ decision: RequestDecision, then: @escaping DecisionRecords.Completion
    ) {
        guard records.isRecording else { return then(nil) }
        let request = question.request
        let about = AuditEvent.Request(
            method: Array(request.method.utf8), host: request.host, target: request.uri,
            claims: question.caller?.caller.claims, peer: request.peer, id: request.id,
            tokenSHA256: question.digest?.bytes.hexadecimal, microseconds: microseconds(question))
        if case .allowed(let allowed) = decision, let despite = allowed.despite {
            records.add(.request(.refused(despite), about: about, isEnforced: false), then: then)
        } else {
            records.add(.request(decision, about: about), then: then)
        }
    }

    private func microseconds(_ question: Question) -> Int {
        let (seconds, attoseconds) = (context.clock.uptime() - question.began).components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }

    private func sha256(_ token: borrowing Secret) throws(RequestDecision.Refused) -> CredentialDigest {
        do throws(MintError) {
            return CredentialDigest(bytes: try context.digests.sha256(token))
        } catch {
            throw RequestDecision.Refused(.unavailable, "cannot be decided: \(error.message)")
        }
    }
}

extension DenyList {
    fileprivate func refuses(_ caller: VerifiedCaller) -> Bool {
        refuses(
            issuer: caller.issuer, subject: caller.subject, tokenSHA256: caller.tokenSHA256,
            ticketID: caller.ticket?.id, keyID: caller.ticket?.keyID)
    }
}
