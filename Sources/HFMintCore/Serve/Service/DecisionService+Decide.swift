/// One request is decided: whether it may pass, recorded, and answered.
extension DecisionService {
    /// What is known of a request while it is decided.
    private struct Question: Sendable {
        let request: ServeRequest
        let reply: ServeReply
        let began: Uptime
        let snapshot: ServeSnapshot
        var caller: VerifiedCaller?
        var tokenSHA256: String?
    }

    func decide(_ request: ServeRequest, _ reply: ServeReply) {
        let (snapshot, callers, denied) = current
        var question = Question(
            request: request, reply: reply, began: context.clock.uptime(), snapshot: snapshot)
        do throws(RequestDecision.Refused) {
            let route = try snapshot.point.route(
                of: DecisionPoint.Request(
                    method: Array(request.method.utf8), host: request.host, target: request.uri, caller: nil))
            guard let authorization = request.authorization else {
                return answer(question, try snapshot.point.allowed(route, nil))
            }
            guard let presented = PresentedCredential(authorization.secret) else { throw Callers.unknown }
            let digest = try sha256(presented.token)
            question.tokenSHA256 = digest
            switch callers.find(presented.token, digest: digest) {
            case .known(let caller): try pass(&question, route, caller, denied)
            case .refused(let refused): throw refused
            case .unverified: verifyLater(question, route, callers, SharedSecret(presented.token.duplicate()), digest)
            }
        } catch {
            refuse(question, error)
        }
    }

    private func verifyLater(
        _ question: Question, _ route: HubRoute, _ callers: Callers, _ token: SharedSecret, _ digest: String
    ) {
        later(question.reply) { [self] in
            var question = question
            do throws(RequestDecision.Refused) {
                let caller = try callers.verify(token.secret, digest: digest)
                try pass(&question, route, caller, current.denied)
            } catch {
                refuse(question, error)
            }
        }
    }

    /// Decides about a caller whose credential was verified.
    private func pass(
        _ question: inout Question, _ route: HubRoute, _ caller: VerifiedCaller, _ denied: DenyList
    ) throws(RequestDecision.Refused) {
        question.caller = caller
        guard !denied.refuses(caller) else {
            throw RequestDecision.Refused(.onDenyList, "is from somebody who is on the deny list", route)
        }
        answer(question, try question.snapshot.point.allowed(route, caller.caller))
    }

    /// Answers yes, with the credential that goes upstream.
    private func answer(_ question: Question, _ allowed: RequestDecision.Allowed) {
        guard let credential = allowed.admission?.credential else { return finish(question, allowed, nil) }
        if let token = tokens.ready(credential) {
            metrics.upstream(isHit: true)
            return finish(question, allowed, token)
        }
        metrics.upstream(isHit: false)
        later(question.reply) { [self] in
            do throws(MintError) {
                finish(question, allowed, try tokens.fetch(credential, in: question.snapshot))
            } catch {
                context.note("\(credential.place.path) gives no credential: \(error.message)")
                refuse(
                    question,
                    RequestDecision.Refused(.unavailable, "is allowed, and the Hub gave no credential for it"))
            }
        }
    }

    /// Records a yes, and sends it: after the record is durable, where the manifest requires one.
    private func finish(_ question: Question, _ allowed: RequestDecision.Allowed, _ token: SharedSecret?) {
        let event = event(question, .allowed(allowed))
        guard let answer = ServeAnswer(allowed, token, actor: question.caller?.caller.claims) else {
            return refuse(question, RequestDecision.Refused(.unavailable, "is allowed, and its credential is no token"))
        }
        guard isRecordRequired else {
            _ = records.add(event) { _ in }
            metrics.decided(.allowed(allowed))
            return question.reply.send(answer)
        }
        records.add(event) { [self] failure in
            set(.audit, failure.map { "the audit log cannot be written: \($0.message)" })
            guard failure == nil else {
                let refused = RequestDecision.Refused(.unavailable, "is allowed, and could not be recorded")
                metrics.decided(.refused(refused))
                return question.reply.send(ServeAnswer(refused, to: question.request))
            }
            metrics.decided(.allowed(allowed))
            question.reply.send(answer)
        }
    }

    private func refuse(_ question: Question, _ refused: RequestDecision.Refused) {
        metrics.decided(.refused(refused))
        records.add(event(question, .refused(refused))) { _ in }
        question.reply.send(ServeAnswer(refused, to: question.request))
    }

    private func event(_ question: Question, _ decision: RequestDecision) -> AuditEvent {
        AuditEvent.request(
            decision, question.request, caller: question.caller?.caller.claims, tokenSHA256: question.tokenSHA256,
            took: context.clock.uptime() - question.began)
    }

    private func sha256(_ token: borrowing Secret) throws(RequestDecision.Refused) -> String {
        do throws(MintError) {
            return try context.digests.sha256(token).hexadecimal
        } catch {
            throw RequestDecision.Refused(.unavailable, "cannot be decided: \(error.message)")
        }
    }
}
