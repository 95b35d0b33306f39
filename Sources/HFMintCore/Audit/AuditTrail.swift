internal import Synchronization

/// What this command has recorded, and where it records.
///
/// There is one in each ``Context``. Until a manifest says where, nothing is recorded.
package final class AuditTrail: Sendable {
    /// What the manifest says under `audit`.
    package struct Settings: Sendable {
        /// An absolute path.
        package var file: String?
        /// A collector's address.
        package var url: HTTPURL?
        /// What proves to the collector who sends: a header's name, and where its value is.
        package var credential: (header: String, value: SharedSecret)?
        /// Whether nothing is done that cannot be recorded.
        package var isRequired: Bool

        package init(
            file: String? = nil, url: HTTPURL? = nil, credential: (header: String, value: SharedSecret)? = nil,
            isRequired: Bool = false
        ) {
            self.file = file
            self.url = url
            self.credential = credential
            self.isRequired = isRequired
        }
    }

    fileprivate struct State {
        var settings: Settings?
        /// Where no file remembers, the chain of this command alone.
        var chain: AuditChain?
        var head: AuditHead?
        var pending: [AuditChain.Link] = []
        /// What has been said already, so that it is said once.
        var said: Set<String> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// From here on events are recorded.
    package func begin(_ settings: Settings) { state.withLock { $0.settings = settings } }

    package var settings: Settings? { state.withLock { $0.settings } }

    /// The last record of this command.
    package var head: AuditHead? { state.withLock { $0.head } }

    fileprivate func change<Result>(_ body: (inout State) throws(MintError) -> Result) throws(MintError) -> Result {
        try state.withLock { state throws(MintError) in try body(&state) }
    }
}

extension Context {
    /// As many records are sent without waiting for the end of a command.
    private static let mostPending = 500
    /// How long another writer of the file is waited for.
    private static let patience = Duration.seconds(10)

    /// Makes `event` durable in the file that the manifest names, and keeps it for the collector.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func record(_ event: AuditEvent) throws(MintError) {
        guard let settings = audit.settings else { return }
        let isFull = try audit.change { state throws(MintError) in
            do throws(FileFailure) {
                try append(event, settings, &state)
            } catch {
                try fail("cannot write '\(error.path)': \(error.reason)", settings, &state)
                // The collector may still hear of it.
                try? extendInMemory(event, settings, &state)
            }
            return state.pending.count >= Self.mostPending
        }
        if isFull { try sendRecords() }
    }

    private func append(
        _ event: AuditEvent, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(FileFailure) {
        guard let file = settings.file else { return try extendInMemory(event, settings, &state) }
        var links: [AuditChain.Link] = []
        try files.appendToLog(file, until: clock.uptime() + Self.patience, clock: clock) { end throws(FileFailure) in
            var chain = try AuditChain(end, path: file, random: random)
            links = try extend(&chain, event, file)
            return chain.bytes(of: links)
        }
        keep(links, settings, &state)
    }

    private func extendInMemory(
        _ event: AuditEvent, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(FileFailure) {
        var chain = state.chain ?? AuditChain(beginningWith: random)
        let links = try extend(&chain, event, "the audit log")
        state.chain = chain
        keep(links, settings, &state)
    }

    private func extend(
        _ chain: inout AuditChain, _ event: AuditEvent, _ path: String
    ) throws(FileFailure) -> [AuditChain.Link] {
        do throws(MintError) {
            return try chain.extend(with: event, at: clock.now(), digests: digests)
        } catch {
            throw FileFailure(path, error.message)
        }
    }

    private func keep(_ links: [AuditChain.Link], _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State) {
        state.head = links.last?.head ?? state.head
        if settings.url != nil { state.pending += links }
    }

    private func fail(
        _ sentence: String, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(MintError) {
        guard !settings.isRequired else {
            throw MintError(
                .auditUnavailable, "audit: \(sentence)",
                hint: "the manifest says audit.required, so nothing is done that cannot be recorded")
        }
        if state.said.insert(sentence).inserted { note("audit: \(sentence); going on, as it is not required") }
    }

    /// Sends what the collector must have heard before a token goes on; nothing where the log is not required.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``.
    package func sendRequiredRecords() throws(MintError) {
        if audit.settings?.isRequired == true { try sendRecords() }
    }

    /// Sends what the collector has not heard yet, in one request.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func sendRecords() throws(MintError) {
        guard let settings = audit.settings, let url = settings.url else { return }
        let links = try audit.change { state throws(MintError) in
            let links = state.pending
            state.pending = []
            return links
        }
        guard !links.isEmpty else { return }
        do throws(MintError) {
            try send(links, to: url, settings)
        } catch {
            try audit.change { state throws(MintError) in
                // Those of a log that is required are not lost: whoever goes on tries again with the next.
                if settings.isRequired, state.pending.count < 2 * Self.mostPending {
                    state.pending = links + state.pending
                }
                try fail("\(url.origin.host) did not take the records: \(error.message)", settings, &state)
            }
        }
    }

    private func send(
        _ links: [AuditChain.Link], to url: HTTPURL, _ settings: AuditTrail.Settings
    ) throws(MintError) {
        var attempts = Attempts(until: clock.uptime() + (settings.isRequired ? .seconds(20) : .seconds(5)))
        while true {
            do throws(TryFailure) {
                return try attempt(links, to: url, settings, attempts.limits(clock))
            } catch {
                guard attempts.waitAfterFailure(error, in: self) else { throw error.error }
            }
        }
    }

    private func attempt(
        _ links: [AuditChain.Link], to url: HTTPURL, _ settings: AuditTrail.Settings, _ limits: HTTPLimits
    ) throws(TryFailure) {
        var limits = limits
        limits.totalMilliseconds = min(limits.totalMilliseconds, settings.isRequired ? 10_000 : 3_000)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try send(
                AuditExport.request(to: url), credential: credential(settings),
                body: .json(AuditExport.body(links).rendered()), limits: limits)
        } catch {
            throw TryFailure(MintError(.auditUnavailable, error.reason), isTransient: error.isTransient)
        }
        guard (200...299).contains(response.status) else {
            throw TryFailure(
                MintError(.auditUnavailable, "it answered \(response.status)"),
                isTransient: AuditExport.isTransient(response.status),
                retryAfterSeconds: response.retryAfterSeconds(now: clock.now()))
        }
        guard let rejected = AuditExport.rejectedCount(in: response.body) else {
            throw TryFailure(
                MintError(.auditUnavailable, "it answered \(response.status), but not as a collector does"))
        }
        guard rejected == 0 else {
            throw TryFailure(MintError(.auditUnavailable, "it rejected \(rejected) of \(links.count)"))
        }
    }

    private func credential(_ settings: AuditTrail.Settings) -> HTTPCredential {
        guard let credential = settings.credential else { return .none }
        return .header(name: credential.header, prefix: "", credential.value.secret.duplicate())
    }
}
