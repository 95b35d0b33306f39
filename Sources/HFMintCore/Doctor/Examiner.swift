/// Asks once for everything that the checks judge.
///
/// This folder says why a token cannot be had, or would not reach its user. Its files are entered in this order:
///
/// 1. `Examiner` asks the Hub for its time, the provider for an ID token, git for its settings, the Hub for a token.
/// 2. ``Examination`` is what it saw, as a value that carries the ``Context``.
/// 3. ``Check``, one in each file of `Checks/`, turns that value into ``Finding``s; `AllChecks.swift` lists them. A
///    check may look at files and variables, and ask libraries for their versions. It sends nothing.
/// 4. ``Diagnosis`` runs every check, and renders the report.
///
/// The doctor writes no file, delivers no token and revokes none; it wipes every token before it returns.
///
/// ```swift
/// let examination = try Examiner(question, audit: audit, in: context).examine()
/// let lines = Diagnosis(examination, suggests: false).lines()
/// ```
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

    /// Asks everything, within the time limit of the question.
    ///
    /// - Throws: only ``MintError/Code/usage``; every other error becomes a finding.
    package func examine() throws(MintError) -> Examination {
        audit.stopRecording()
        let authority = try? question.authority.get()
        let resource = try question.resource.map { text throws(MintError) in
            try Resource(parsing: text, endpoint: authority?.endpoint ?? .huggingFace)
        }
        let source = try source(authority?.audience ?? Origin.huggingFace.description)
        // The Hub comes first, because a token endpoint that hangs may use up the time.
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

    /// Gets an ID token with as many tries as an exchange makes, and keeps only its claims.
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
    ) -> Examination.TrialExchange {
        guard let authority = examination.authority else { return .notTried("the endpoint is not usable") }
        guard let source = try? source.get(), let claims = examination.knownClaims else {
            return .notTried("there is no ID token to trade")
        }
        if let reason = reasonNotToTry(resource, source, claims, authority, examination) { return .notTried(reason) }
        let exchanger = Exchanger(
            authority: authority, source: source, allowsUntrustedEvent: question.allowsUntrustedEvent,
            gate: try? question.gate?.get(), timeLimit: question.timeLimit, audit: audit, context: context)
        do throws(MintError) {
            return .granted(tried(try exchanger.token(for: resource), resource, authority.endpoint))
        } catch {
            // An exchange tries more often than the request for the front page. If both fail, `hub` reports it.
            if case .failed = examination.hub { return .notTried("the Hub cannot be reached") }
            return .failed(error)
        }
    }

    /// Returns why an exchange would fail, or nil if it may succeed.
    private func reasonNotToTry(
        _ resource: Resource, _ source: IDTokenSource, _ claims: Claims, _ authority: Authority,
        _ examination: Examination
    ) -> String? {
        guard !examination.hasExpired else { return "the ID token has expired" }
        guard claims.isFor(authority.audience) else {
            return "the ID token is for another audience"
        }
        if !question.allowsUntrustedEvent, source.provider?.untrustedEvent(examination.job, claims) != nil {
            return "strangers can cause this event"
        }
        guard let named = question.gate else { return nil }
        guard let gate = try? named.get() else { return "the manifest is not usable" }
        let isAdmitted = (try? gate.admit(claims, to: resource)) != nil
        return isAdmitted ? nil : "the manifest does not let this job have it"
    }

    /// Asks the Hub that issued the token what the token may do.
    private func tried(_ token: HubToken, _ resource: Resource, _ endpoint: Origin) -> Examination.TriedToken {
        func answer(_ trial: TokenTrial) -> TokenTrial.Answer {
            trial.answer(to: token.bearer.secret, at: endpoint, limits: attempts.limits(context.clock), in: context)
        }
        return Examination.TriedToken(
            kind: token.kind, expiresAt: token.expiresAt, sha256: token.sha256,
            read: answer(TokenTrial.authCheck(resource) ?? .whoAmI),
            write: TokenTrial.authCheck(resource, writes: true).map(answer))
    }
}
