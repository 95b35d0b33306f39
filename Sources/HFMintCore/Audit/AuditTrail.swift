internal import Synchronization

/// What this command has recorded, and where it records.
///
/// Whoever runs the command makes one, and hands it to what records. Until a manifest says where, nothing is recorded.
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

    struct State {
        var settings: Settings?
        /// A directory that outlives this command, for what a collector has not taken where the manifest names no file.
        var directory: String?
        /// Where no file remembers, the chain of this command alone.
        var chain: AuditChain?
        var head: AuditHead?
        /// For the collector, and in no log that could be read again.
        var pending: [AuditExport.Record] = []
        /// Whether the cursor beside the log cannot be written, so that what is not taken is lost with this process.
        var keepsInMemory = false
        /// What the collector said last, and when.
        var refusal: (error: MintError, at: Duration)?
        /// Whether this command acts, and sends what earlier ones could not.
        var isActing = false
        /// What has been said already, so that it is said once.
        var said: Set<String> = []
        var isRehearsed = false

        var log: String? { settings?.file ?? spool }

        /// What waits for a collector where the manifest names no file: one for each address, as a journal may serve
        /// several manifests, and a job several.
        private var spool: String? {
            guard let directory, let url = settings?.url else { return nil }
            return "\(directory)/audit-unsent-\(fingerprint([Array(url.description.utf8)]))"
        }

        /// The log from which a later command can send what this one could not.
        var keepingLog: String? { keepsInMemory ? nil : log }
    }

    /// As many records are kept in memory without waiting for the end of a command.
    static let mostPending = 500
    /// More than that is not kept for a collector where there is no file.
    static let mostSpooled = 16 << 20

    /// Beside a log: how far the collector has taken it.
    static func cursorPath(of log: String) -> String { "\(log).sent" }

    private let state = Mutex(State())
    let context: Context
    var clock: any Clock { context.clock }

    package init(in context: Context) {
        self.context = context
    }

    /// From here on events are recorded.
    package func begin(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// From here on nothing is recorded, for a command that tries what it does not do.
    package func rehearse() { state.withLock { $0.isRehearsed = true } }

    private var isRehearsed: Bool { state.withLock { $0.isRehearsed } }

    package var settings: Settings? { state.withLock { $0.settings } }

    /// The last record of this command.
    package var head: AuditHead? { state.withLock { $0.head } }

    /// From here on, what a collector does not take is kept in this directory, where the manifest names no file.
    package func keep(in directory: String) { state.withLock { $0.directory = directory } }

    /// Whether a directory is needed in which records wait for the collector.
    package var needsDirectory: Bool {
        state.withLock { $0.settings?.url != nil && $0.settings?.file == nil && !$0.isRehearsed }
    }

    /// From here on this command is one that acts: it also sends what earlier ones could not.
    package func act() { state.withLock { $0.isActing = true } }

    package var isActing: Bool { state.withLock { $0.isActing } }

    func change<Result>(_ body: (inout State) throws(MintError) -> Result) throws(MintError) -> Result {
        try state.withLock { state throws(MintError) in try body(&state) }
    }
}

extension Machine {
    /// The log at `path` as it is at this moment.
    package func readLog(_ path: String) throws(FileFailure) -> (any LogReader)? {
        try files.readLog(path, until: clock.uptime() + AuditTrail.patience, clock: clock)
    }
}

extension AuditTrail {
    /// How long whoever else writes the file is waited for.
    fileprivate static let patience = Duration.seconds(10)

    /// Makes `event` durable in the file that the manifest names, and keeps it for the collector.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func record(_ event: AuditEvent) throws(MintError) {
        guard let settings, !isRehearsed else { return }
        let isFull = try change { state throws(MintError) in
            do throws(FileFailure) {
                try append(event, settings, &state)
            } catch {
                try fail("cannot write '\(error.path)': \(error.reason)", settings, &state)
                // The collector may still hear of it.
                try? extendInMemory(event, settings, &state)
            }
            return state.pending.count >= AuditTrail.mostPending
        }
        if isFull { try sendRecords() }
    }

    /// Whether a record could be kept, without keeping one: the file is looked at, and a collector that must hear of
    /// each act is sent none.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``, whether or not it is required.
    package func rehearseRecords() throws(MintError) {
        guard let settings else { return }
        if let file = settings.file {
            do throws(FileFailure) {
                try context.files.checkLog(file) { end throws(FileFailure) in
                    _ = try AuditChain(end, path: file, random: context.random)
                }
            } catch {
                throw MintError(.auditUnavailable, "audit: cannot write '\(error.path)': \(error.reason)")
            }
        }
        guard settings.isRequired, let url = settings.url else { return }
        do throws(MintError) {
            try send([], to: url, settings, until: clock.uptime() + Self.patience)
        } catch {
            throw MintError(
                .auditUnavailable, "audit: \(url.origin.host) does not take records: \(error.message)")
        }
    }

    private func append(
        _ event: AuditEvent, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(FileFailure) {
        guard let log = state.log, settings.file != nil || settings.url != nil else {
            return try extendInMemory(event, settings, &state)
        }
        if settings.url != nil { beginCursor(of: log, &state) }
        // Nothing but the collector is meant to have it: what it cannot be kept for is kept by this process.
        guard settings.file != nil || state.keepingLog != nil else {
            return try extendInMemory(event, settings, &state)
        }
        var links: [AuditChain.Link] = []
        try context.files.appendToLog(log, until: clock.uptime() + Self.patience, clock: clock) {
            end throws(FileFailure) in
            guard settings.file != nil || end.byteCount <= AuditTrail.mostSpooled else {
                throw FileFailure(log, "\(AuditTrail.mostSpooled >> 20) MiB of records wait in it already")
            }
            var chain = try AuditChain(end, path: log, random: context.random)
            links = try extend(&chain, event, log)
            return chain.bytes(of: links)
        }
        keep(links, settings, &state, isLogged: state.keepingLog != nil)
    }

    /// Before the first record that is for the collector.
    private func beginCursor(of log: String, _ state: inout AuditTrail.State) {
        let path = AuditTrail.cursorPath(of: log)
        guard !state.keepsInMemory, context.files.facts(of: path) == nil else { return }
        do throws(FileFailure) {
            try context.files.updateLog(path, until: clock.uptime() + Self.patience, clock: clock) {
                end throws(FileFailure) in
                end.byteCount == 0 ? try AuditCursor(endOf: log, in: context.machine).bytes : nil
            }
        } catch {
            state.keepsInMemory = true
            let sentence = "cannot write '\(error.path)': \(error.reason)"
            if state.said.insert(sentence).inserted {
                context.note("audit: \(sentence); what the collector does not take now is not sent again later")
            }
        }
    }

    private func extendInMemory(
        _ event: AuditEvent, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(FileFailure) {
        var chain = state.chain ?? AuditChain(beginningWith: context.random)
        let links = try extend(&chain, event, "the audit log")
        state.chain = chain
        keep(links, settings, &state, isLogged: false)
    }

    private func extend(
        _ chain: inout AuditChain, _ event: AuditEvent, _ path: String
    ) throws(FileFailure) -> [AuditChain.Link] {
        do throws(MintError) {
            return try chain.extend(with: event, at: clock.now(), digests: context.digests)
        } catch {
            throw FileFailure(path, error.message)
        }
    }

    private func keep(
        _ links: [AuditChain.Link], _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State, isLogged: Bool
    ) {
        state.head = links.last?.head ?? state.head
        if settings.url != nil, !isLogged { state.pending += links.compactMap { AuditExport.Record($0.line, $0.head) } }
    }

    func fail(
        _ sentence: String, _ settings: AuditTrail.Settings, _ state: inout AuditTrail.State
    ) throws(MintError) {
        guard !settings.isRequired else {
            throw MintError(
                .auditUnavailable, "audit: \(sentence)",
                hint: "the manifest says audit.required: what must be recorded first is not done")
        }
        if state.said.insert(sentence).inserted { context.note("audit: \(sentence); going on, as it is not required") }
    }
}
