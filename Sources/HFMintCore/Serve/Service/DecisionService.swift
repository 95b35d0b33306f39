internal import Synchronization

/// The decision point at work: it answers a web server's questions by the manifest of this moment.
///
/// A question enters by ``respond(to:_:)``, in the thread of all connections, which never waits. Most are answered
/// there: the caller's ticket is opened (``Callers``), ``DecisionPoint`` decides, and ``UpstreamTokens`` has the
/// credential in memory. What must wait for the Hub or for an issuer is done by one of a few threads, and what must be
/// on disk first by the thread of ``DecisionRecords``. A reload makes a new ``ServeSnapshot`` or changes nothing.
///
/// ```swift
/// let service = try DecisionService(readingBy: read, audit: audit, used: used, in: context)
/// try listener.serve(service.connections(peers: nil), at: place)
/// service.end()
/// ```
package final class DecisionService: Sendable {
    struct State: Sendable {
        var snapshot: ServeSnapshot
        var callers: Callers
        var denied: DenyList
        /// Why the manifest or the deny list could not be read when it last should have been.
        var troubles: [Trouble: String] = [:]
    }

    enum Trouble: String, CaseIterable, Sendable { case manifest, denyList, credentials, audit }

    /// How many threads wait for others: the Hub, and issuers of ID tokens.
    private static let threadCount = 8
    /// How many questions may wait for such a thread; one more is refused.
    private static let mostWaiting = 1_024

    let state: Mutex<State>
    /// Reads the manifest; a higher layer knows how.
    let read: @Sendable () throws(MintError) -> DecisionPoint
    let context: Context
    let isRecordRequired: Bool
    let keys = IssuerKeys()
    let tokens: UpstreamTokens
    let records: DecisionRecords
    let metrics: ServeMetrics
    let used: UsedTokens
    let work = WorkQueue<@Sendable () -> Void>(capacity: mostWaiting)
    private let isEnding = Mutex(false)

    /// Reads the manifest, and everything that it names.
    ///
    /// - Parameter read: reads the manifest; called again at each reload.
    /// - Throws: why hfmint cannot decide by this manifest.
    package init(
        readingBy read: @escaping @Sendable () throws(MintError) -> DecisionPoint, audit: AuditTrail,
        used: UsedTokens, in context: Context
    ) throws(MintError) {
        let snapshot = try ServeSnapshot(try read(), in: context)
        self.read = read
        self.context = context
        self.used = used
        isRecordRequired = audit.settings?.isRequired == true
        metrics = ServeMetrics(startedAt: context.clock.now())
        tokens = UpstreamTokens(context, metrics: metrics)
        records = DecisionRecords(audit, in: context)
        let denied: DenyList
        do throws(Malformed) {
            denied = try DenyList.read(snapshot.point.definition, in: context)
        } catch {
            throw MintError(
                .stateUnusable, "the deny list cannot be used: \(error.reason)",
                hint: "nobody is let in before it is read: put it right, or take 'serve.deny' out of the manifest")
        }
        let faults = tokens.load(snapshot)
        if let fault = faults.first { throw fault }
        state = Mutex(
            State(
                snapshot: snapshot, callers: Callers(snapshot, keys: keys, context: context), denied: denied))
    }

    /// Returns what a listener serves.
    ///
    /// - Parameter peers: the users that may connect, or nil for all that can open the socket.
    package func connections(peers: Set<UInt32>?) -> FastCGIService {
        FastCGIService(
            peers: peers, respond: { [self] in respond(to: $0, $1) }, note: { [self] in noteCutOff($0, $1) },
            begin: { [self] in begin() }, refresh: { [self] in reload() })
    }

    /// Starts the threads; a listener calls it before the first connection.
    private func begin() {
        for _ in 0..<Self.threadCount {
            context.workers.start { [self] in
                while let act = work.next(waitingWith: context.workers) { act() }
            }
        }
        context.workers.start { [self] in records.work() }
        context.workers.start { [self] in watch() }
    }

    /// Waits until everything is recorded; to be called when the last answer is sent.
    package func end() {
        isEnding.withLock { $0 = true }
        work.close()
        records.stop()
    }

    /// Obeys the deny list within a second, and renews tokens before they expire.
    private func watch() {
        while !isEnding.withLock({ $0 }) {
            context.clock.sleep(for: .milliseconds(500))
            reloadDenyList()
            tokens.renewDue()
        }
    }

    private func noteCutOff(_ peer: PeerCredential?, _ reason: String) {
        metrics.cutOff(reason)
        context.trace("a connection was closed: \(reason)")
    }

    /// Answers one question, at once or later.
    private func respond(to request: ServeRequest, _ reply: ServeReply) {
        switch request.route {
        case .decide: decide(request, reply)
        case .token: later(reply) { [self] in reply.send(brokerAnswer(to: request)) }
        case .health: reply.send(.text("ok\n"))
        case .ready: reply.send(readiness)
        case .metrics: reply.send(.text(metrics.text(snapshotDigest: current.snapshot.digest), type: ServeMetrics.type))
        case .inspect, .events, .scim:
            reply.send(.refusal(.forbidden, code: "not-served", "hfmint does not serve this route yet"))
        }
    }

    var current: (snapshot: ServeSnapshot, callers: Callers, denied: DenyList) {
        state.withLock { ($0.snapshot, $0.callers, $0.denied) }
    }

    /// Does `act` in a thread that may wait, or refuses if too many wait already.
    func later(_ reply: ServeReply, _ act: @escaping @Sendable () -> Void) {
        let isAdded = work.add {
            // Nobody waits for an answer to a connection that is gone.
            if reply.isWanted { act() }
        }
        if !isAdded {
            metrics.cutOff("too many questions at once")
            reply.send(.unavailable("too many requests wait for the Hub"))
        }
    }

    private var readiness: ServeAnswer {
        let troubles = state.withLock { $0.troubles }.sorted { $0.key.rawValue < $1.key.rawValue }
        guard !troubles.isEmpty else { return .text("ready\n") }
        let lines = troubles.map { "\($0.value)\n" }.joined()
        return ServeAnswer(
            .serviceUnavailable, [ServeAnswer.Header(.contentType, .init(lossy: "text/plain; charset=utf-8"))],
            body: [.text(lines.withoutTokens)])
    }
}
