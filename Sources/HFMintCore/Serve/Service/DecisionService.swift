internal import Synchronization

/// The decision point at work: it answers a web server's questions by the manifest of this moment.
///
/// A question enters by ``respond(to:_:)``, in the thread of all connections, which never waits. Most are answered
/// there: the caller's ticket is opened (``Callers``), ``DecisionPoint`` decides, and ``UpstreamTokens`` has the
/// credential in memory. What must wait for the Hub or for an issuer is done by one of a few threads, and what must be
/// on disk first by the thread of ``DecisionRecords``. A reload makes a new ``ServeSnapshot`` or changes nothing.
///
/// ```swift
/// let service = try DecisionService(by: point, rereadingBy: read, audit: audit, used: used, in: context)
/// try listener.serve(service.connections(), at: place)
/// service.end()
/// ```
package final class DecisionService: Sendable {
    struct State: Sendable {
        var snapshot: ServeSnapshot
        var callers: Callers
        var denied: DenyList
        /// What `/readyz` says, if it is not that all is well.
        var troubles: [Trouble: String] = [:]
    }

    enum Trouble: Int, Comparable, Sendable {
        case manifest, denyList, ticketKeys

        static func < (left: Trouble, right: Trouble) -> Bool { left.rawValue < right.rawValue }
    }

    /// How many questions may wait for a thread; one more is refused.
    private static let mostWaiting = 1_024

    /// The lock is never held while something is read or decided.
    let state: Mutex<State>
    /// Reads the manifest; a higher layer knows how.
    let read: @Sendable () throws(MintError) -> DecisionPoint
    let context: Context
    let keys = IssuerKeys(failurePause: IssuerKeys.pause)
    let tokens: UpstreamTokens
    let records: DecisionRecords
    let metrics: ServeMetrics
    let used: UsedTokens
    /// What waits for an issuer, also on behalf of strangers; a slow one must not keep ``hubWork`` waiting.
    let issuerWork = WorkQueue<@Sendable () -> Void>(capacity: mostWaiting)
    /// What waits for the Hub, for callers who were let in.
    let hubWork = WorkQueue<@Sendable () -> Void>(capacity: mostWaiting)
    private let isOver = SharedWork<Void>()
    private let isEnding = Mutex(false)

    /// Reads everything that a manifest names, and records that hfmint begins to serve.
    ///
    /// - Parameters:
    ///   - first: what the manifest says at first.
    ///   - read: reads the manifest at each reload.
    /// - Throws: why hfmint cannot decide by this manifest.
    package init(
        by first: DecisionPoint, rereadingBy read: @escaping @Sendable () throws(MintError) -> DecisionPoint,
        audit: AuditTrail, used: UsedTokens, in context: Context
    ) throws(MintError) {
        let snapshot = try ServeSnapshot(first, in: context)
        self.read = read
        self.context = context
        self.used = used
        metrics = ServeMetrics(
            startedAt: context.clock.now(), tokenErrors: TokenRefusal.OAuthError.allCases.map(\.rawValue))
        metrics.begin(snapshot.point, digest: snapshot.digest)
        tokens = UpstreamTokens(recordingIn: audit, metrics: metrics, in: context)
        records = DecisionRecords(audit, metrics: metrics, in: context)
        let denied = try DenyList(namedBy: snapshot.point.definition, in: context)
        if let trouble = tokens.load(snapshot.point.definition).first { throw trouble.error(naming: snapshot) }
        try audit.record(AuditEvent(.serveStarted, reason: "policy \(snapshot.digest)"), in: context)
        state = Mutex(
            State(snapshot: snapshot, callers: Callers(snapshot, keys: keys, context: context), denied: denied))
    }

    /// What the manifest of this moment says.
    package var point: DecisionPoint { current.snapshot.point }

    /// Returns what a listener serves: whoever can open the socket may ask.
    package func connections() -> FastCGIService {
        FastCGIService(
            respond: { [self] in respond(to: $0, $1) }, note: { [self] in noteCutOff($0, $1) },
            begin: { [self] in begin() }, refresh: { [self] in reload() })
    }

    /// Starts the threads.
    private func begin() {
        for (queue, threadCount) in [(issuerWork, 16), (hubWork, 8)] {
            for _ in 0..<threadCount {
                context.workers.start { [self] in
                    while let act = queue.next(waitingWith: context.workers) { act() }
                }
            }
        }
        context.workers.start { [self] in
            records.work()
            isOver.finish(())
        }
        context.workers.start { [self] in
            repeatedly { [self] in
                reloadDenyList()
                reloadTicketKeys()
            }
        }
        // Each of these may wait for another machine.
        context.workers.start { [self] in repeatedly { [self] in tokens.renewDue() } }
        context.workers.start { [self] in
            repeatedly { [self] in
                records.sendToCollector()
                records.resume()
            }
        }
    }

    /// Returns when everything is recorded; to be called once, after the listener has served and sent the last answer.
    package func end() {
        isEnding.withLock { $0 = true }
        issuerWork.close()
        hubWork.close()
        records.add(AuditEvent(.serveEnded))
        records.stop()
        isOver.value(waitingWith: context.workers)
    }

    /// Calls `act` twice a second, so that a change is obeyed within one.
    private func repeatedly(_ act: () -> Void) {
        while !isEnding.withLock({ $0 }) {
            context.clock.sleep(for: .milliseconds(500))
            act()
        }
    }

    private func noteCutOff(_ peer: PeerCredential?, _ reason: String) {
        metrics.cutOff(reason)
        let who = peer.map { " of user \($0.userID), process \($0.processID)" } ?? ""
        context.trace("closed a connection\(who): \(reason)")
    }

    /// Answers one question, at once or later.
    func respond(to request: ServeRequest, _ reply: ServeReply) {
        switch request.route {
        case .decide: decide(request, reply)
        case .token: trade(request, reply)
        case .health: reply.send(.text("ok\n"))
        case .ready: reply.send(readiness(for: request.peer))
        case .metrics: reply.send(.text(metrics.text(gauges), type: MetricFamily.contentType))
        case .inspect, .events, .scim:
            reply.send(.refusal(.forbidden, code: "not-served", "hfmint: this route is not served"))
        }
    }

    var current: (snapshot: ServeSnapshot, callers: Callers, denied: DenyList) {
        state.withLock { ($0.snapshot, $0.callers, $0.denied) }
    }

    /// Does `act` in a thread that may wait.
    ///
    /// - Parameter refuse: called instead, at once, if too many wait already.
    func later(
        _ queue: WorkQueue<@Sendable () -> Void>, _ reply: ServeReply, _ act: @escaping @Sendable () -> Void,
        orElse refuse: () -> Void
    ) {
        let isAdded = queue.add {
            // The web server may have gone meanwhile.
            if reply.isWanted { act() }
        }
        if !isAdded { refuse() }
    }

    /// Says whether all is well, and to somebody on this machine what is not: it names files and lines.
    private func readiness(for peer: String) -> ServeAnswer {
        let troubles = state.withLock { $0.troubles }.sorted { $0.key < $1.key }.map(\.value)
        // Without a log that is not required, requests pass as ever.
        let lost = records.isRequired ? records.trouble : nil
        let lines = troubles + (lost.map { ["the audit log: \($0)"] } ?? [])
        guard !lines.isEmpty else { return .text("ready\n") }
        let isHere = ["127.0.0.1", "::1"].contains { peer.utf8.elementsEqual($0.utf8) }
        let told = isHere ? lines : ["not ready: hfmint's log says why, and so does this page on its own machine"]
        return .text(told.map { "\($0)\n" }.joined(), .serviceUnavailable)
    }

    private var gauges: ServeMetrics.Gauges {
        var gauges = ServeMetrics.Gauges()
        gauges.waitingRecords = records.waitingCount
        gauges.waitingRequests = issuerWork.count + hubWork.count
        gauges.deniedCount = current.denied.count
        gauges.issuerKeyAges = keys.ages(at: context.clock.uptime())
        return gauges
    }
}

extension UpstreamTokens.Trouble {
    /// Names the credential in the error.
    func error(naming snapshot: ServeSnapshot) -> MintError {
        MintError(
            error.code, "\(place.path) in line \(place.line) of '\(place.file)' gives no token: \(error.message)",
            details: error.details, hint: error.hint, isTransient: error.isTransient)
    }
}
