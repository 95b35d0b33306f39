internal import Synchronization

/// The audit trail of a command: records of what was done with credentials, in a file, at a collector, or both.
///
/// ``AuditDefinition`` reads the settings from the manifest, and ``begin(_:)`` starts the trail with them. An act makes
/// an ``AuditEvent`` and calls ``record(_:in:)`` in `AuditTrail+Record.swift`. ``AuditChain`` makes an ``AuditLine`` of
/// the event, linked to the line before by its digest, and the line is appended to the log. `AuditDelivery.swift` sends
/// the records behind the ``AuditCursor`` to the collector, in the form of ``AuditExport``. ``AuditExamination`` reads
/// a log later, and finds what was changed.
///
/// A trail records nothing before ``begin(_:)``, and never writes a token or a client secret. Threads may share it;
/// those that record at the same time share one write.
package final class AuditTrail: Sendable {
    /// The value of a header that proves to the collector who sends.
    package struct Credential: Sendable {
        package let header: String
        package let value: SharedSecret
    }

    /// What the manifest says under `audit`.
    package struct Settings: Sendable {
        /// The absolute path of the log.
        package var file: String?
        /// The address of the collector.
        package var url: HTTPURL?
        package var credential: Credential?
        /// Whether an act that cannot be recorded must not be done.
        package var isRequired = false
    }

    struct State {
        var settings: Settings?
        /// A directory that outlives this command, for records that wait for the collector if there is no file.
        var directory: String?
        /// The chain of this command alone, if no file holds one.
        var chain: AuditChain?
        var head: AuditHead?
        /// Records for the collector that no log keeps.
        var pending: [AuditExport.Record] = []
        /// Whether the cursor cannot be written, so that this process alone keeps what the collector did not take.
        var keepsInMemory = false
        /// Why and when the collector last refused required records.
        var refusal: (reason: MintError, at: Uptime)?
        /// Whether this command also sends what earlier ones could not.
        var isActing = false
        /// The sentences that have been told, so that each is told once.
        var said: Set<String> = []
        var isRehearsed = false

        var log: String? { settings?.file ?? spool }

        /// The path of the log that keeps records for the collector if the manifest names no file.
        ///
        /// Each address has its own, because a job or a journal may use several manifests.
        private var spool: String? {
            guard let directory, let url = settings?.url else { return nil }
            return "\(directory)/" + JobFileName.unsentRecordsPrefix + fingerprint([Array(url.description.utf8)])
        }

        /// The path of the log from which a later command can send what this one could not.
        var keepingLog: String? { keepsInMemory ? nil : log }
    }

    /// The number of pending records at which they are sent before the command ends.
    static let mostPending = 500
    /// The most records that wait in memory for a collector that does not take them.
    static let mostInMemory = 10_000
    /// The most bytes of a log that only keeps records for the collector.
    static let mostSpooled = 16 << 20

    static func cursorPath(of log: String) -> String { "\(log).sent" }

    /// The lock is never held during a wait for a file or a collector.
    private let state = Mutex(State())
    let writes = BatchedWork<[AuditEvent], Written>()
    let deliveries = BatchedWork<Void, MintError?>()
    let machine: Machine
    var clock: any Clock { machine.clock }

    package init(on machine: Machine) {
        self.machine = machine
    }

    package func begin(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// Stops recording, for a command that only shows what it would do.
    package func stopRecording() { state.withLock { $0.isRehearsed = true } }

    var isRehearsed: Bool { state.withLock { $0.isRehearsed } }

    /// Whether acts are recorded.
    var isRecording: Bool { state.withLock { $0.settings != nil && !$0.isRehearsed } }

    /// Whether an act that cannot be recorded must not be done.
    var isRequired: Bool { state.withLock { $0.settings?.isRequired == true && !$0.isRehearsed } }

    package var settings: Settings? { state.withLock { $0.settings } }

    /// The head of the last record of this command.
    package var head: AuditHead? { state.withLock { $0.head } }

    /// Keeps records for the collector in this directory if the manifest names no file.
    package func keep(in directory: String) { state.withLock { $0.directory = directory } }

    package var needsDirectory: Bool {
        state.withLock { $0.settings?.url != nil && $0.settings?.file == nil && !$0.isRehearsed }
    }

    /// Lets this command also send what earlier ones could not.
    package func beginActing() { state.withLock { $0.isActing = true } }

    package var isActing: Bool { state.withLock { $0.isActing } }

    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// Lets everything be told once more, after what was told is over.
    func forgetWhatWasTold() { change { $0.said = [] } }

    /// Tells the caller `sentence`, unless it has been told already.
    func noteOnce(_ sentence: String, _ context: Context) {
        if change({ $0.said.insert(sentence).inserted }) { context.note("audit: \(sentence)") }
    }

    /// Throws ``MintError/Code/auditUnavailable`` if the audit log is required, and otherwise tells the failure once.
    func fail(_ sentence: String, _ settings: Settings, _ context: Context) throws(MintError) {
        guard !settings.isRequired else {
            throw MintError(
                .auditUnavailable, "audit: \(sentence)",
                hint: "the manifest says audit.required: what must be recorded first is not done")
        }
        noteOnce("\(sentence); going on, as it is not required", context)
    }
}
