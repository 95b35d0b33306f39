internal import Synchronization

/// The Hub's tokens behind `serve.credentials`, which are sent upstream in place of the callers' own.
///
/// They are in this memory and nowhere else. A token that the manifest refers to is read by ``load(_:)``. A member's
/// token is asked for when the first request needs it (``fetch(_:for:)``), renewed while requests use it
/// (``renewDue()``), and handed out until its end is near. Those who need the same token at once share one request.
///
/// ```swift
/// let token = try tokens.ready(credential) ?? tokens.fetch(credential, for: definition)
/// ```
package final class UpstreamTokens: Sendable {
    /// A credential of the manifest whose token cannot be had.
    package struct Trouble: Error, Equatable, Sendable {
        /// `serve.credentials[0]` of its manifest.
        package let place: ManifestPlace
        package let error: MintError
    }

    typealias Answer = Result<SharedSecret, MintError>

    /// The lock is never held during a request, or while a secret is read.
    private let store = Mutex(UpstreamTokenStore())
    private let audit: AuditTrail
    private let metrics: ServeMetrics
    private let context: Context

    /// How long the Hub is asked for a token, with all tries.
    package static let patience = Duration.seconds(10)

    /// - Parameters:
    ///   - audit: where each request to the Hub and each token of its is recorded.
    ///   - context: the process's own, whose variables the manifest may refer to.
    package init(recordingIn audit: AuditTrail, metrics: ServeMetrics, in context: Context) {
        self.audit = audit
        self.metrics = metrics
        self.context = context
    }

    /// Returns the token of `credential` if it is in memory and lives long enough; never waits.
    package func ready(_ credential: ServeDefinition.Credential) -> SharedSecret? {
        let now = present
        let token = store.withLock { $0.token(UpstreamTokenKey(credential), now) }
        metrics.lookedForUpstreamToken(token == nil ? .miss : .hit)
        return token
    }

    /// Reads anew every token that `definition` refers to, and forgets those of credentials that it does not have.
    ///
    /// - Returns: what cannot be read. If that is anything, all stays as it was, so that the manifest before still
    ///   works; where there was none, ``fetch(_:for:)`` tries again.
    package func load(_ definition: ServeDefinition) -> [Trouble] {
        var read: [UpstreamTokenKey: SharedSecret] = [:]
        var troubles: [Trouble] = []
        for credential in definition.credentials {
            guard case .token(let reference) = credential.source else { continue }
            do throws(MintError) {
                read[UpstreamTokenKey(credential)] = try token(at: reference, relativeTo: definition.folder)
            } catch {
                troubles.append(Trouble(place: credential.place, error: error))
            }
        }
        guard troubles.isEmpty else { return troubles }
        let keys = Set(definition.credentials.map { UpstreamTokenKey($0) })
        store.withLock { [read] in $0.begin(keys, definition.hub, read) }
        return []
    }

    /// Returns the token of `credential`, from memory or from where it comes from.
    ///
    /// It waits for the Hub for ``patience``, and for a program that gives a secret. A token that is about to end is
    /// still good if the Hub does not answer.
    ///
    /// - Parameter definition: of the manifest that the credential is from; it names the Hub that is asked.
    /// - Throws: a refusal, which is remembered for 5 seconds; or what is not remembered: an error of the exit status
    ///   ``MintError/ExitStatus/retryLater``, or ``MintError/Code/auditUnavailable``.
    package func fetch(
        _ credential: ServeDefinition.Credential, for definition: ServeDefinition
    ) throws(MintError) -> SharedSecret {
        let key = UpstreamTokenKey(credential)
        let now = present
        switch store.withLock({ $0.step(key, now) }) {
        case .use(let token): return token
        case .fail(let error): throw error
        case .wait(let work): return try work.value(waitingWith: context.workers).get()
        case .ask(let work, let generation):
            let source = UpstreamTokenSource(credential: credential, definition: definition)
            return try answer(key, source, work, generation).get()
        }
    }

    /// Asks for the tokens of members that requests use and whose end is near; to be called every second or so.
    ///
    /// It waits for the answers, while the tokens that are still good are handed out. What fails is tried again after 5
    /// seconds, or when a request needs it.
    package func renewDue() {
        let now = present
        let due = store.withLock { $0.beginRenewals(now) }
        guard !due.isEmpty else { return }
        context.workers.run(
            due.map { renewal in
                { [self] in
                    _ = answer(renewal.key, renewal.source, renewal.work, renewal.generation)
                    return nil
                }
            })
    }

    /// Returns how long the token of `credential` that is in memory lives, in seconds, or nil if nothing is known of
    /// it.
    package func secondsLeft(_ credential: ServeDefinition.Credential) -> Int? {
        let now = present
        return store.withLock { $0.left(UpstreamTokenKey(credential), now) }.map { Int($0.components.seconds) }
    }

    private var present: UpstreamMoment { UpstreamMoment(now: context.clock.now(), uptime: context.clock.uptime()) }

    /// Gets a token, keeps what is to be kept, and tells those who wait.
    private func answer(
        _ key: UpstreamTokenKey, _ source: UpstreamTokenSource, _ work: SharedWork<Answer>, _ generation: Int
    ) -> Answer {
        let fresh = Result { () throws(MintError) in try self.fresh(source) }
        let now = present
        let answer = store.withLock { $0.keep(fresh, key, source, generation, now) }
        work.finish(answer)
        return answer
    }

    private func fresh(_ source: UpstreamTokenSource) throws(MintError) -> UpstreamToken {
        switch source.credential.source {
        case .token(let reference):
            let secret = try token(at: reference, relativeTo: source.definition.folder)
            return UpstreamToken(secret: secret, life: nil)
        case .member(let member): return try token(of: member, source)
        }
    }

    /// Reads a token of the Hub where the manifest says that it is.
    private func token(at reference: SecretReference, relativeTo folder: String) throws(MintError) -> SharedSecret {
        let token = SharedSecret(try reference.read(relativeTo: folder, in: context))
        let complaint: String? = token.secret.reveal { text in
            if text.holds(Ticket.prefix) { return "is a ticket, which the Hub does not know" }
            return HubToken.isWellFormed(text) ? nil : "is no token of the Hub (hf_…)"
        }
        if let complaint {
            throw MintError(
                .stateUnusable, "what \(reference.source) holds \(complaint)", hint: "put the token alone there")
        }
        guard token.fitsHeader else { throw MintError(.stateUnusable, "the token in \(reference.source) is too long") }
        return token
    }
}

/// A member's token, asked for by an organization's application.
extension UpstreamTokens {
    /// Asks the Hub, and records that before and after, as for a job.
    private func token(of member: Role.Member, _ source: UpstreamTokenSource) throws(MintError) -> UpstreamToken {
        let (credential, hub) = (source.credential, source.definition.hub)
        var event = AuditEvent(
            .exchangeRequested, decision: .allowed,
            reason: "for \(credential.place.path) of \(credential.place.file), the member \(member.email)")
        do throws(MintError) {
            let member = try OrganizationMember(member, access: credential.right)
            let authority = try Authority.forClient(endpointOption: hub.description, environment: context.environment)
            try context.checkProxy(to: authority.endpoint)
            try audit.record(event, in: context)
            let (token, askedAt) = try ask(member, authority)
            event = event.granted(token)
            try audit.record(event, in: context)
            try audit.sendRequiredRecords(in: context)
            let secret = SharedSecret(token.bearer.secret.duplicate())
            guard secret.fitsHeader else {
                throw MintError(.answerInvalid, "\(hub.host) gave a token that is too long for a header")
            }
            let seconds = token.expiresAt - askedAt.now
            return UpstreamToken(secret: secret, life: UpstreamToken.Life(from: askedAt, seconds: seconds))
        } catch {
            // A record that failed cannot be recorded as failed either.
            if error.code != .auditUnavailable { try audit.record(event.refused(error), in: context) }
            throw error
        }
    }

    /// Asks the Hub, more than once if it does not answer as it should, and counts what came of it.
    private func ask(
        _ member: OrganizationMember, _ authority: Authority
    ) throws(MintError) -> (token: HubToken, askedAt: UpstreamMoment) {
        let begin = context.clock.uptime()
        let deadline = begin + Self.patience
        let endpoint = TokenEndpoint(authority: authority, provider: nil, deadline: deadline, context: context)
        let answer = Result { () throws(MintError) in
            try Attempts(until: deadline).repeating(in: context) { _ throws(MintError) in
                // The life of a token counts from its request.
                let askedAt = present
                return (try endpoint.token(of: member, remembering: nil), askedAt)
            }
        }
        let outcome: ServeMetrics.Exchange =
            switch answer {
            case .success: .granted
            case .failure(let error): error.code.exitStatus == .denied ? .refused : .failed
            }
        metrics.exchanged(outcome, microseconds: (context.clock.uptime() - begin).microseconds)
        return try answer.get()
    }
}

extension ServeDefinition {
    /// The Hub behind the front door, which gives the tokens of members.
    fileprivate var hub: Origin { host(named: origin.host)?.upstream ?? .huggingFace }
}

extension SharedSecret {
    /// Whether the token fits into the one header in which it is sent.
    fileprivate var fitsHeader: Bool { ServeAnswer.Value(bearer: self) != nil }
}

extension Duration {
    fileprivate var microseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
