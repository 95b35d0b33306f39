/// How far a rotation has come.
///
/// It holds everything that must be known after a crash, and no secret value. Each group of fields answers one
/// question; `RotationState+JSON` writes them all into one flat object.
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
    package var pending: Act?
    package var run = Run()
    package var predecessor = Predecessor()
    /// The new secret, once the issuer has made it.
    package var successor: Successor?
    package var ids = IDs()
    package var delivery = Delivery()
    package var deadlines = Deadlines()
    package var told = Told()
    package var retry = Retry()
    package var attention: Attention?
    package var timetable = Timetable()

    package init() {}

    package var isRunning: Bool { phase != .idle && phase != .done }

    /// What the run under way is, or the last one was.
    package struct Run: Equatable, Sendable {
        /// Its number, which is part of the marker of its secret.
        package var number = 0
        package var cause = Cause.schedule
        package var startedAt: Timestamp?
        /// The slot of the schedule for which it began.
        package var slot: Timestamp?
        /// The digest of the definition with which it began.
        package var definition = ""
    }

    /// The old secret.
    package struct Predecessor: Equatable, Sendable {
        package var id: String?
        /// The SHA-256 of its value, if the issuer shows it.
        package var sha256: String?
        /// How it is known that the secret is dead: `refused`, `listed` or `accepted`.
        package var deathProof: String?
    }

    /// The new secret.
    package struct Successor: Equatable, Sendable {
        package var id = ""
        package var sha256 = ""
        package var expiresAt: Timestamp?
    }

    /// The ids of the other secrets of the client.
    package struct IDs: Equatable, Sendable {
        /// Those that the issuer held before this run made one.
        package var known: [String] = []
        /// Those of ours whose value was lost; they are removed together with the predecessor.
        package var lost: [String] = []
        /// Those that somebody else made during this run; they stay.
        package var strangers: [String] = []
    }

    /// What the sinks were given.
    package struct Delivery: Equatable, Sendable {
        package var sinks: [Sink] = []
        /// Whether a sink may hold the new secret, which is not removed then.
        package var hasTouchedSinks = false
        /// The targets that a person allows to be overwritten once, whatever they hold.
        package var mayOverwrite: [String] = []

        package struct Sink: Equatable, Sendable {
            package var target = ""
            /// What shows that the sink has the new secret, or nil if it does not have it.
            package var evidence: Evidence?
            /// Whether a list got the new secret behind the one in use.
            package var isAdded = false
            /// How often somebody else has overwritten the new secret.
            package var timesOverwritten = 0
        }

        package subscript(target: String) -> Sink? { sinks.first { $0.target == target } }

        /// Changes what is known of one sink.
        mutating func update(_ target: String, _ change: (inout Sink) -> Void) {
            guard let index = sinks.firstIndex(where: { $0.target == target }) else { return }
            change(&sinks[index])
        }
    }

    /// When the new secret may begin, and the old one end.
    package struct Deadlines: Equatable, Sendable {
        /// When the new secret is put in front of the lists that hold it.
        package var usedFrom: Timestamp?
        package var overlapEndsAt: Timestamp?
        /// When a leaked secret is retired, even if some sinks do not have the new one by then.
        package var graceEndsAt: Timestamp?
        /// When the grace began.
        package var graceSetAt: Timestamp?

        /// - Parameter seconds: how long a leaked secret may wait for sinks that fail; `nil` waits for all of them.
        mutating func setGrace(_ seconds: Int?, at now: Timestamp) {
            (graceEndsAt, graceSetAt) = (seconds.map { now + $0 }, seconds.map { _ in now })
        }
    }

    /// What endpoints were told, or are to be told.
    package struct Told: Equatable, Sendable {
        package var events: [CallbackEvent] = []
        /// The URLs of endpoints that answered 410; they are told nothing more until a person resumes the rotation.
        package var closedEndpoints: [String] = []
    }

    /// What became of the tries of the present step.
    package struct Retry: Equatable, Sendable {
        package var failedTries = 0
        /// When the next try is due.
        package var dueAt: Timestamp?
        /// Why the last try failed, without anything that a server said; nil once the step is done.
        package var problem: String?

        /// Why the step is to be tried again.
        var reason: String { problem ?? "the last try failed" }
    }

    /// From what the next run is counted.
    package struct Timetable: Equatable, Sendable {
        /// When the schedule began to count: a newly enabled rotation is not due.
        package var enabledAt: Timestamp?
        /// A run that could not begin yet, and is tried again.
        package var wanted: Wanted?
        /// The id of the secret that was in use before hfmint made one.
        package var adopted: String?
        /// When the adopted secret expires, if the issuer shows it.
        package var adoptedExpiresAt: Timestamp?
        /// The last finished run.
        package var last: Completed?

        /// The moment after which the next slot is looked for, or nil if the schedule does not count yet.
        var anchor: Timestamp? { last.map { $0.slot ?? $0.at } ?? enabledAt }

        /// When the secret in use expires, or nil if that is not known.
        var expiry: Schedule.Expiry? {
            if let last { return last.expiresAt.map { Schedule.Expiry(at: $0, since: last.at) } }
            guard let end = adoptedExpiresAt, let enabledAt else { return nil }
            return Schedule.Expiry(at: end, since: enabledAt)
        }
    }

    package struct Wanted: Equatable, Sendable {
        package var cause = Cause.schedule
        package var slot: Timestamp?
    }

    package struct Completed: Equatable, Sendable {
        package var id = ""
        package var at = Timestamp(secondsSince1970: 0)
        package var slot: Timestamp?
        package var expiresAt: Timestamp?
    }
}

extension RotationState {
    /// Returns a state with what outlives a run.
    ///
    /// Keeps the secret in use, the number of the last run, the beginning of the schedule, the endpoints that are
    /// closed, and the secrets that are to be removed.
    func afterRun() -> RotationState {
        var next = RotationState()
        next.run.number = run.number
        next.timetable.enabledAt = timetable.enabledAt
        (next.timetable.adopted, next.timetable.last) = (timetable.adopted, timetable.last)
        next.told.closedEndpoints = told.closedEndpoints
        next.ids.lost = ids.lost
        return next
    }
}
