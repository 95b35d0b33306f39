internal import Synchronization

/// What this command has recorded, and where it records.
///
/// Whoever runs the command makes one, and hands it to what records. Until a manifest says where, nothing is recorded.
/// It belongs to no caller: whoever records brings the context in which a collector is asked, and hears what goes wrong.
/// Threads may share it; those that record at the same time share one write.
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
        /// Why the collector did not take what was required, the last time, and when that was.
        var refusal: (reason: MintError, at: Uptime)?
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

    /// Held for as long as it takes to look at it: never while a file or a collector is waited for.
    private let state = Mutex(State())
    let writes = Rounds<AuditEvent, Written>()
    let deliveries = Rounds<Void, MintError?>()
    let machine: Machine
    var clock: any Clock { machine.clock }

    package init(on machine: Machine) {
        self.machine = machine
    }

    /// From here on events are recorded.
    package func begin(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// From here on nothing is recorded, for a command that tries what it does not do.
    package func rehearse() { state.withLock { $0.isRehearsed = true } }

    var isRehearsed: Bool { state.withLock { $0.isRehearsed } }

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

    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// Says `sentence` to whoever records, if nobody has heard it yet.
    func noteOnce(_ sentence: String, _ context: Context) {
        if change({ $0.said.insert(sentence).inserted }) { context.note("audit: \(sentence)") }
    }

    /// - Throws: ``MintError/Code/auditUnavailable`` where records are required; otherwise it says so once.
    func fail(_ sentence: String, _ settings: Settings, _ context: Context) throws(MintError) {
        guard !settings.isRequired else {
            throw MintError(
                .auditUnavailable, "audit: \(sentence)",
                hint: "the manifest says audit.required: what must be recorded first is not done")
        }
        noteOnce("\(sentence); going on, as it is not required", context)
    }
}
