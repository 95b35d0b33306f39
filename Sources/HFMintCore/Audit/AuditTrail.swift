internal import Synchronization

/// Where this command's events are recorded, and how surely.
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

    private struct State {
        /// Where no file remembers, the chain of this command alone.
        var chain: AuditChain?
        var head: AuditHead?
        var pending: [AuditChain.Link] = []
        /// What has been said already, so that it is said once.
        var said: Set<String> = []
    }

    package let settings: Settings
    private let context: Context
    private let state = Mutex(State())

    /// As many records are sent without waiting for the end of a command.
    private static let mostPending = 500
    /// How long another writer of the file is waited for.
    private static let patience = Duration.seconds(10)

    package init(_ settings: Settings, context: Context) {
        self.settings = settings
        self.context = context
    }

    /// The last record of this command.
    package var head: AuditHead? { state.withLock { $0.head } }

    /// Makes `event` durable in the file, and keeps it for the collector.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func record(_ event: AuditEvent) throws(MintError) {
        let isFull = try state.withLock { state throws(MintError) in
            do throws(FileFailure) {
                try append(event, &state)
            } catch {
                let failure = MintError.audit("cannot write '\(error.path)': \(error.reason)")
                try fail(failure, &state)
                // The collector may still hear of it.
                _ = try? extendInMemory(event, &state)
            }
            return state.pending.count >= Self.mostPending
        }
        if isFull { try ship() }
    }

    private func append(_ event: AuditEvent, _ state: inout State) throws(FileFailure) {
        guard let file = settings.file else { return try extendInMemory(event, &state) }
        let deadline = context.clock.uptime() + Self.patience
        var links: [AuditChain.Link] = []
        try context.files.appendToLog(file, until: deadline, clock: context.clock) { end throws(FileFailure) in
            var chain = try AuditChain(end, path: file, random: context.random)
            links = try extend(&chain, event)
            return chain.bytes(of: links)
        }
        keep(links, &state)
    }

    private func extendInMemory(_ event: AuditEvent, _ state: inout State) throws(FileFailure) {
        var chain = state.chain ?? AuditChain(beginningWith: context.random)
        let links = try extend(&chain, event)
        state.chain = chain
        keep(links, &state)
    }

    private func extend(_ chain: inout AuditChain, _ event: AuditEvent) throws(FileFailure) -> [AuditChain.Link] {
        do throws(MintError) {
            return try chain.extend(with: event, at: context.clock.now(), digests: context.digests)
        } catch {
            throw FileFailure(settings.file ?? "the audit log", error.message)
        }
    }

    private func keep(_ links: [AuditChain.Link], _ state: inout State) {
        state.head = links.last?.head ?? state.head
        if settings.url != nil { state.pending += links }
    }

    private func fail(_ error: MintError, _ state: inout State) throws(MintError) {
        guard !settings.isRequired else { throw error }
        if state.said.insert(error.message).inserted {
            context.note("\(error.message); going on, as it is not required")
        }
    }

    /// Sends what the collector has not heard yet, in one request.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func ship() throws(MintError) {
        guard let url = settings.url else { return }
        let links = state.withLock { state in
            let links = state.pending
            state.pending = []
            return links
        }
        guard !links.isEmpty else { return }
        do throws(MintError) {
            try send(links, to: url)
        } catch {
            try state.withLock { state throws(MintError) in
                // One that is required is not lost: whoever goes on tries again with the next.
                if settings.isRequired { state.pending = links + state.pending }
                try fail(error, &state)
            }
        }
    }

    private func send(_ links: [AuditChain.Link], to url: HTTPURL) throws(MintError) {
        let host = url.origin.host
        var attempts = Attempts(until: context.clock.uptime() + (settings.isRequired ? .seconds(20) : .seconds(5)))
        while true {
            do throws(TryFailure) {
                return try attempt(links, to: url, attempts.limits(context.clock))
            } catch {
                guard attempts.waitAfterFailure(error, in: context) else {
                    throw .audit("\(host) did not take the records: \(error.error.message)")
                }
            }
        }
    }

    private func attempt(
        _ links: [AuditChain.Link], to url: HTTPURL, _ limits: HTTPLimits
    ) throws(TryFailure) {
        var limits = limits
        limits.totalMilliseconds = min(limits.totalMilliseconds, settings.isRequired ? 10_000 : 3_000)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                AuditExport.request(to: url), credential: credential,
                body: .json(AuditExport.body(links).rendered()), limits: limits)
        } catch {
            throw TryFailure(MintError(.auditUnavailable, error.reason), isTransient: error.isTransient)
        }
        guard response.status == 200 else {
            throw TryFailure(
                MintError(.auditUnavailable, "it answered \(response.status)"),
                isTransient: AuditExport.isTransient(response.status),
                retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        let rejected = AuditExport.rejectedCount(in: response.body)
        guard rejected == 0 else {
            throw TryFailure(MintError(.auditUnavailable, "it rejected \(rejected) of \(links.count)"))
        }
    }

    private var credential: HTTPCredential {
        guard let credential = settings.credential else { return .none }
        return .header(name: credential.header, prefix: "", credential.value.secret.duplicate())
    }
}

extension MintError {
    fileprivate static func audit(_ sentence: String) -> MintError {
        MintError(
            .auditUnavailable, "audit: \(sentence)",
            hint: "nothing is done that cannot be recorded, because the manifest says audit.required")
    }
}

extension Context {
    /// Records `event` where the manifest says, if it does.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done.
    package func record(_ event: AuditEvent) throws(MintError) { try audit?.record(event) }
}
