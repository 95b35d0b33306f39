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
        attempts = Attempts(until: context.clock.uptime() + .seconds(question.deadlineSeconds))
    }

    /// - Throws: ``MintError/Code/usage`` alone; all else is a finding.
    package func examine(_ authority: Result<Authority, MintError>) throws(MintError) -> Examination {
        let provider = try provider()
        let resource = try resource(authority)
        audit.rehearse()
        let audience = (try? authority.get().audience) ?? Origin.huggingFace.description
        let source = try source(audience)
        // The Hub first: a token endpoint that hangs may take all the time there is.
        let hub = contact(authority)
        let contactedAt = context.clock.uptime()
        let claims = claims(from: source)
        var examination = Examination(
            context, authority: authority, provider: provider, acquisition: source.map(\.acquisition), claims: claims,
            stateDirectory: question.stateDirectory)
        examination.expectations = question.expectations
        examination.allowsUntrustedEvent = question.allowsUntrustedEvent
        examination.gate = question.gate
        examination.hub = hub.later(by: context.clock.uptime() - contactedAt)
        examination.resource = resource
        examination.git = gitFindings(authority)
        examination.recording = audit.settings
        examination.audit = rehearsal()
        if let directory = examination.jobDirectory.existing(in: context).first {
            audit.keep(in: directory.path)
        }
        examination.waitingRecords = audit.waitingRecords()
        examination.agent = provider?.stepFiles.rehearsal(in: context)
        if let resource { examination.exchange = exchange(resource, source, examination) }
        return examination
    }

    private func provider() throws(MintError) -> Provider? {
        guard let name = question.source.provider else { return Provider.detected(in: context.job) }
        return try Provider.named(name)
    }

    private func source(_ audience: String) throws(MintError) -> Result<IDTokenSource, MintError> {
        do throws(MintError) {
            return .success(try IDTokenSource(question.source, audience: audience, in: context))
        } catch {
            if error.code == .usage { throw error }
            return .failure(error)
        }
    }

    /// Tries again as an exchange would.
    private func claims(from source: Result<IDTokenSource, MintError>) -> Result<Claims, MintError> {
        let acquisition: Acquisition
        switch source {
        case .success(let source): acquisition = source.acquisition
        case .failure(let error): return .failure(error)
        }
        do throws(MintError) {
            let claims = try attempts.repeating(in: context) { attempts throws(MintError) in
                try acquisition.idToken(
                    in: context, limits: attempts.limits(context.clock), remaining: attempts.remaining(context.clock)
                ).claims
            }
            return .success(claims)
        } catch {
            return .failure(error)
        }
    }

    private func contact(_ authority: Result<Authority, MintError>) -> Examination.HubContact {
        guard let endpoint = try? authority.get().endpoint else { return .notAsked("the endpoint is not usable") }
        do throws(TransportError) {
            let response = try context.send(
                HTTPRequest(.head, HTTPURL(endpoint, "/")), limits: attempts.limits(context.clock))
            return .answered(status: response.status, date: response.date)
        } catch {
            return .failed(error)
        }
    }

    private func resource(_ authority: Result<Authority, MintError>) throws(MintError) -> Resource? {
        guard let text = question.resource else { return nil }
        return try Resource(parsing: text, endpoint: (try? authority.get().endpoint) ?? .huggingFace)
    }

    /// `nil` where no manifest asks for records.
    private func rehearsal() -> Result<Void, MintError>? {
        guard audit.settings != nil else { return nil }
        do throws(MintError) {
            return .success(try audit.rehearseRecords())
        } catch {
            return .failure(error)
        }
    }

    private func gitFindings(_ authority: Result<Authority, MintError>) -> GitFindings? {
        GitFindings(asking: GitHosts((try? authority.get()) ?? .huggingFace), in: context)
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
            gate: try? question.gate?.get(), deadlineSeconds: question.deadlineSeconds, audit: audit,
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
        let check = resource.authCheckPath
        return .granted(
            kind: token.kind, expiresAt: token.expiresAt, sha256: token.sha256,
            read: status(of: token, at: check ?? (resource.kind == .user ? "/api/whoami-v2" : nil), endpoint),
            write: status(of: token, at: check.map { "\($0)/write" }, endpoint))
    }

    /// `nil` where there is no route, 0 where nobody answered.
    private func status(of token: HubToken, at path: String?, _ endpoint: Origin) -> Int? {
        guard let path else { return nil }
        let proof = HTTPCredential.header(name: "Authorization", prefix: "Bearer ", token.bearer.secret.duplicate())
        do throws(TransportError) {
            let request = HTTPRequest(.get, HTTPURL(endpoint, path))
            return try context.send(request, credential: proof, limits: attempts.limits(context.clock)).status
        } catch {
            return 0
        }
    }
}

extension Resource {
    /// The route that says whether a token may read it, with `/write` behind it whether it may write; `nil` where the
    /// Hub has none.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.auth_check>
    fileprivate var authCheckPath: String? {
        switch kind {
        case .model: "/api/models/\(namespace)/\(name)/auth-check"
        case .dataset, .space, .kernel: "/api/\(kind.prefix ?? "")/\(namespace)/\(name)/auth-check"
        case .bucket, .user: nil
        }
    }
}
