/// Asks what can be asked: the provider for an ID token, the Hub for its time and a token, git for its settings.
///
/// Nothing is written, delivered or revoked; every token is wiped before this ends.
package struct Examiner: Sendable {
    private let question: Examination.Question
    private let audit: AuditTrail
    private let context: Context
    private let attempts: Attempts

    package init(_ question: Examination.Question, audit: AuditTrail, in context: Context) {
        self.question = question
        self.audit = audit
        self.context = context
        attempts = Attempts(until: context.clock.uptime() + question.timeLimit)
    }

    /// - Throws: ``MintError/Code/usage`` alone; all else is a finding.
    package func examine() throws(MintError) -> Examination {
        audit.rehearse()
        let authority = try? question.authority.get()
        let resource = try question.resource.map { text throws(MintError) in
            try Resource(parsing: text, endpoint: authority?.endpoint ?? .huggingFace)
        }
        let source = try source(authority?.audience ?? Origin.huggingFace.description)
        // The Hub first: a token endpoint that hangs may take all the time there is.
        let hub = contact(authority?.endpoint)
        let contactedAt = context.clock.uptime()
        let claims = source.flatMap { self.claims(from: $0) }
        var examination = Examination(question, context, acquisition: source.map(\.acquisition), claims: claims)
        examination.hub = hub.later(by: context.clock.uptime() - contactedAt)
        examination.resource = resource
        examination.git = GitFindings(asking: GitHosts(authority ?? .huggingFace), in: context)
        examination.recording = audit.settings
        if audit.settings != nil {
            examination.audit = Result { () throws(MintError) in try audit.rehearseRecords(in: context) }
        }
        if let directory = examination.jobDirectory.existing(in: context).first { audit.keep(in: directory.path) }
        examination.waitingRecords = audit.waitingRecords()
        examination.agent = question.provider?.stepFiles.rehearsal(in: context)
        if let resource { examination.exchange = exchange(resource, source, examination) }
        return examination
    }

    private func source(_ audience: String) throws(MintError) -> Result<IDTokenSource, MintError> {
        do throws(MintError) {
            return .success(try IDTokenSource(question.source, of: question.provider, audience: audience, in: context))
        } catch {
            if error.code == .usage { throw error }
            return .failure(error)
        }
    }

    /// Tries again as an exchange would.
    private func claims(from source: IDTokenSource) -> Result<Claims, MintError> {
        Result { () throws(MintError) in
            try attempts.repeating(in: context) { attempts throws(MintError) in
                try source.acquisition.idToken(
                    in: context, limits: attempts.limits(context.clock), remaining: attempts.remaining(context.clock)
                ).claims
            }
        }
    }

    private func contact(_ endpoint: Origin?) -> Examination.HubContact {
        guard let endpoint else { return .notAsked("the endpoint is not usable") }
        do throws(TransportError) {
            let response = try context.send(.frontPage(of: endpoint), limits: attempts.limits(context.clock))
            return .answered(status: response.status, date: response.date)
        } catch {
            return .failed(error)
        }
    }
}

extension Examiner {
    private func exchange(
        _ resource: Resource, _ source: Result<IDTokenSource, MintError>, _ examination: Examination
    ) -> Examination.ExchangeOutcome {
        guard let authority = try? examination.authority.get() else { return .notTried("the endpoint is not usable") }
        guard let source = try? source.get(), let claims = examination.knownClaims else {
            return .notTried("there is no ID token to trade")
        }
        guard !examination.hasExpired else { return .notTried("the ID token has expired") }
        guard claims.audiences.contains(where: { $0.equals(authority.audience) }) else {
            return .notTried("the ID token is for another audience")
        }
        if !question.allowsUntrustedEvent, source.provider?.untrustedEvent(examination.job, claims) != nil {
            return .notTried("strangers can cause this event")
        }
        if let gate = question.gate {
            guard let gate = try? gate.get() else { return .notTried("the manifest is not usable") }
            guard (try? gate.admit(claims, to: resource)) != nil else {
                return .notTried("the manifest does not let this job have it")
            }
        }
        let exchanger = Exchanger(
            authority: authority, source: source, allowsUntrustedEvent: question.allowsUntrustedEvent,
            gate: try? question.gate?.get(), timeLimit: question.timeLimit, audit: audit,
            context: context)
        do throws(MintError) {
            return probed(try exchanger.token(for: resource), resource, authority.endpoint)
        } catch {
            // One look at the front page is less than the tries of an exchange; where both fail, one is told.
            if case .failed = examination.hub { return .notTried("the Hub cannot be reached") }
            return .failed(error)
        }
    }

    /// Tries what the token can do, at the origin that issued it.
    private func probed(_ token: HubToken, _ resource: Resource, _ endpoint: Origin) -> Examination.ExchangeOutcome {
        func answer(_ trial: TokenTrial) -> TokenTrial.Answer {
            trial.answer(to: token.bearer.secret, at: endpoint, limits: attempts.limits(context.clock), in: context)
        }
        return .granted(
            kind: token.kind, expiresAt: token.expiresAt, sha256: token.sha256,
            read: answer(TokenTrial.authCheck(resource) ?? .whoAmI),
            write: TokenTrial.authCheck(resource, writes: true).map(answer))
    }
}
