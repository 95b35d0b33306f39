/// How far a rotation has come: everything that must be known after a crash, and no secret value.
///
/// Each change is one line of the journal, durable before and after the act that it speaks of.
package struct RotationState: Equatable, Sendable {
    /// Each names what is already true and durable.
    package enum Phase: String, CaseIterable, Sendable {
        case idle, planned, created, verified, delivered, announced, retired, done
    }

    /// Why a run began.
    package enum Cause: String, Sendable {
        case schedule, now, leaked, supplied
    }

    /// An intent: the act has been decided, and its result is not known yet.
    package enum Act: Equatable, Sendable {
        case create(sha256: String?)
        case removeCreated
        case write(sink: String)
        case deactivate
        case delete
    }

    package var phase = Phase.idle
    /// Counts the runs of this rotation; with its name it makes the marker.
    package var run = 0
    package var cause = Cause.schedule
    package var startedAt: Timestamp?
    /// The slot of the schedule that this run answers.
    package var slot: Timestamp?
    /// Of the definition that this run goes by.
    package var definition = ""

    /// The secrets that were there before this run made one.
    package var knownIDs: [String] = []
    package var predecessor: String?
    /// Of the predecessor's value, where the issuer shows it.
    package var predecessorSHA256: String?

    package var pending: Act?
    package var created: Created?
    /// Ours, and of no use any more since their value was lost: removed when the predecessor is.
    package var lost: [String] = []
    package var sinks: [SinkProgress] = []
    /// From here on nothing is removed that a sink may hold.
    package var hasTouchedSinks = false

    package var overlapEndsAt: Timestamp?
    package var deathEvidence: String?
    package var events: [CallbackEvent] = []

    /// Failed tries of the present step.
    package var attempts = 0
    package var dueAt: Timestamp?
    /// What came of the last try, short and without anything that a server said; `nil` once the step is done.
    package var problem: String?
    /// Why only a person can go on.
    package var attention: Attention?
    /// A run that could not begin yet: it is tried again.
    package var wanted: Wanted?
    /// Until when a leaked secret lives at the most, though some sinks may not have the new one by then.
    package var graceEndsAt: Timestamp?
    /// When that was decided.
    package var graceSetAt: Timestamp?
    /// Secrets at the issuer that appeared during this run, and are not ours: listed, and left alone.
    package var strangers: [String] = []
    /// Endpoints that said 410: they are told nothing more until a person resumes the rotation.
    package var closedEndpoints: [String] = []

    /// From when on the schedule counts: enabling one rotates nothing by itself.
    package var enabledAt: Timestamp?

    /// What a person named with `rotate adopt`.
    package var adopted: String?
    /// Targets that a person has said may be overwritten, whatever they hold: each once.
    package var mayOverwrite: [String] = []
    /// Of the secret in use before hfmint made one, where the issuer shows it.
    package var adoptedExpiresAt: Timestamp?
    package var last: Completed?

    package init() {}

    /// With the name of its rotation.
    package struct Named: Equatable, Sendable {
        package let name: String
        package let state: RotationState
    }

    package struct Wanted: Equatable, Sendable {
        package let cause: Cause
        package let slot: Timestamp?
    }

    package struct Created: Equatable, Sendable {
        package let id: String
        package let sha256: String
        package let expiresAt: Timestamp?
    }

    package struct SinkProgress: Equatable, Sendable {
        package let target: String
        package var evidence: Evidence?
        /// How often somebody else wrote it after it had the new secret.
        package var timesOverwritten = 0

        package init(target: String, evidence: Evidence?, timesOverwritten: Int = 0) {
            self.target = target
            self.evidence = evidence
            self.timesOverwritten = timesOverwritten
        }
    }

    package struct Completed: Equatable, Sendable {
        package let id: String
        package let at: Timestamp
        package let slot: Timestamp?
        package let expiresAt: Timestamp?
    }

    /// What a sink showed when it got the new secret of this run; `nil` where it has not.
    package func evidence(of target: String) -> Evidence? { sinks.first { $0.target == target }?.evidence }

    /// Changes what is known of one sink, whatever the order in which the manifest names them now.
    mutating func update(_ target: String, _ change: (inout SinkProgress) -> Void) {
        guard let index = sinks.firstIndex(where: { $0.target == target }) else { return }
        change(&sinks[index])
    }

    package var isRunning: Bool { phase != .idle && phase != .done }
}
