/// How far a rotation has come.
///
/// It holds everything that must be known after a crash, and no secret value.
package struct RotationState: Equatable, Sendable {
    /// Each names what has been done, and is durable.
    package enum Phase: String, CaseIterable, Sendable {
        case idle, planned, created, verified, delivered, announced, retired, done
    }

    /// Why a run began.
    package enum Cause: String, Sendable {
        case schedule, now, leaked, supplied
    }

    /// An act at an issuer or a sink that was decided, and whose result is not known yet.
    package enum Act: Equatable, Sendable {
        case create(sha256: String?)
        case removeCreated
        case write(sink: String)
        case deactivate
        case delete
    }

    package var phase = Phase.idle
    /// The number of the run, which is part of the marker of its secret.
    package var run = 0
    package var cause = Cause.schedule
    package var startedAt: Timestamp?
    /// The slot of the schedule for which this run began.
    package var slot: Timestamp?
    /// The digest of the definition with which this run began.
    package var definition = ""

    /// The ids of the secrets that the issuer held before this run made one.
    package var knownIDs: [String] = []
    /// The id of the old secret.
    package var predecessor: String?
    /// The SHA-256 of the old secret's value, if the issuer shows it.
    package var predecessorSHA256: String?

    package var pending: Act?
    package var created: Created?
    /// The ids of our secrets whose value was lost; they are removed together with the predecessor.
    package var lost: [String] = []
    package var sinks: [SinkState] = []
    /// Whether a sink may hold the new secret, which is not removed then.
    package var hasTouchedSinks = false

    package var overlapEndsAt: Timestamp?
    /// How it is known that the old secret is dead: `refused`, `listed` or `accepted`.
    package var deathProof: String?
    package var events: [CallbackEvent] = []

    /// How often the present step has failed.
    package var failedTries = 0
    /// When the next try is due.
    package var dueAt: Timestamp?
    /// Why the last try failed, without anything that a server said; nil once the step is done.
    package var problem: String?
    package var attention: Attention?
    /// A run that could not begin yet, and is tried again.
    package var wanted: Wanted?
    /// When a leaked secret is retired, even if some sinks do not have the new one by then.
    package var graceEndsAt: Timestamp?
    /// When the grace began.
    package var graceSetAt: Timestamp?
    /// The ids of secrets that somebody else made during this run; they stay.
    package var strangers: [String] = []
    /// The URLs of endpoints that answered 410; they are told nothing more until a person resumes the rotation.
    package var closedEndpoints: [String] = []

    /// When the schedule began to count: a newly enabled rotation is not due.
    package var enabledAt: Timestamp?

    /// The id of the secret that was in use before hfmint made one.
    package var adopted: String?
    /// The targets that a person allows to be overwritten once, whatever they hold.
    package var mayOverwrite: [String] = []
    /// When the adopted secret expires, if the issuer shows it.
    package var adoptedExpiresAt: Timestamp?
    /// The last finished run.
    package var last: Completed?

    package init() {}

    /// A state with the name of its rotation.
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

    package struct SinkState: Equatable, Sendable {
        package let target: String
        package var evidence: Evidence?
        /// How often somebody else has overwritten the new secret.
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

    /// Returns how it is known that a sink has the new secret of this run, or nil if it does not have it.
    package func evidence(of target: String) -> Evidence? { sinks.first { $0.target == target }?.evidence }

    func timesOverwritten(_ target: String) -> Int { sinks.first { $0.target == target }?.timesOverwritten ?? 0 }

    /// Changes what is known of one sink.
    mutating func update(_ target: String, _ change: (inout SinkState) -> Void) {
        guard let index = sinks.firstIndex(where: { $0.target == target }) else { return }
        change(&sinks[index])
    }

    package var isRunning: Bool { phase != .idle && phase != .done }
}
