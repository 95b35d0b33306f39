/// A moment that has passed by the journal, and is in the future by a clock: one of the clocks was or is wrong.
///
/// A wait that counts from such a moment could last for years, and nobody would notice.
package struct ClockDisagreement: Equatable, Sendable {
    fileprivate let what: String
    fileprivate let moment: Timestamp
    fileprivate let now: Timestamp

    /// What a person must know if `now` is this machine's time.
    package var attention: Attention { attention(by: "this machine's clock says") }

    /// Returns what a person must know if `now` is the issuer's time.
    func attention(of issuer: String) -> Attention { attention(by: "the clock of \(issuer) says") }

    private func attention(by clock: String) -> Attention {
        Attention(
            .clockWasAhead,
            "by the journal, \(what) at \(moment.rfc3339); \(clock) \(now.rfc3339), which is"
                + " \(inWords(seconds: moment - now)) before that")
    }

    /// How far the moment is in the future, in seconds.
    package var lead: Int { moment - now }
}

extension RotationState {
    /// The largest difference between two clocks that are right, in seconds.
    private static let tolerance = 300
    /// The longest wait between two tries of a step or of a callback, in seconds.
    private static let longestWait = 86_400

    /// Returns a recorded moment that is in the future at `now` and from which a wait counts, or nil.
    package func disagreement(with now: Timestamp) -> ClockDisagreement? {
        let written: [(String, Timestamp?)] =
            isRunning
            ? [
                ("the end of the overlap was set", waitsForOverlap ? announcement?.at : nil),
                ("the grace of a leaked secret began", graceBegan),
            ]
            : [
                ("the secret was last rotated", timetable.last?.at), ("the last run was due", timetable.last?.slot),
                ("the schedule began to count", timetable.last == nil ? timetable.enabledAt : nil),
            ]
        for case (let what, let moment?) in written where moment > now + Self.tolerance {
            return ClockDisagreement(what: what, moment: moment, now: now)
        }
        return nil
    }

    /// Returns a disagreement with the issuer's clock, for which the overlap waits too, or nil.
    ///
    /// Up to a day is tolerated, as the overlap lasts only that much longer.
    func disagreement(withIssuer date: Timestamp) -> ClockDisagreement? {
        guard let announcement, announcement.at > date + Self.longestWait else { return nil }
        return ClockDisagreement(what: "the end of the overlap was set", moment: announcement.at, now: date)
    }

    /// When the new secret expires, if that is before its run began, so that one of the clocks is wrong.
    var endBeforeItsRun: Timestamp? {
        guard let end = successor?.expiresAt, let startedAt = run.startedAt, end <= startedAt else { return nil }
        return end
    }

    private var waitsForOverlap: Bool {
        deadlines.overlapEndsAt != nil && (phase == .planned || phase == .delivered)
    }

    /// When the grace of a leaked secret began, or nil if it has none.
    private var graceBegan: Timestamp? {
        deadlines.graceEndsAt == nil ? nil : deadlines.graceSetAt ?? run.startedAt
    }

    /// The event that announces the old secret's end, if this run has made it.
    var announcement: CallbackEvent? { told.events.last { $0.kind == .secretRevoking && $0.run == run.number } }

    /// Returns when the next try is due, or nil if it is due now.
    ///
    /// No try waits longer than a day. A later moment comes from a wrong clock, and an early try does no harm.
    package func nextTry(at now: Timestamp) -> Timestamp? {
        retry.dueAt.flatMap { Self.isAhead($0, of: now) ? $0 : nil }
    }

    fileprivate static func isAhead(_ due: Timestamp, of now: Timestamp) -> Bool {
        due > now && due <= now + longestWait + tolerance
    }

    /// Returns the state with `now` in place of every moment in the future, as a person says that the clock is right.
    ///
    /// An overlap begins anew, and every endpoint is told of its new end.
    func countedAnew(from now: Timestamp) -> RotationState {
        var state = self
        if let announcement, announcement.at > now { state.deadlines.overlapEndsAt = nil }
        if let end = deadlines.graceEndsAt, let began = graceBegan, began > now {
            state.deadlines.setGrace(max(0, end - began), at: now)
        }
        state.run.startedAt = run.startedAt.map { min($0, now) }
        state.timetable.enabledAt = timetable.enabledAt.map { min($0, now) }
        if let last = timetable.last {
            state.timetable.last?.at = min(last.at, now)
            if let slot = last.slot, slot > now { state.timetable.last?.slot = nil }
        }
        return state
    }

    /// Returns how long the current secret has been in use, in seconds, or nil if no run has finished.
    package func age(at now: Timestamp) -> Int? { timetable.last.map { max(0, now - $0.at) } }
}

extension CallbackEvent.Delivery {
    /// Whether it is to be tried now, by the rule of ``RotationState/nextTry(at:)``.
    func isDue(at now: Timestamp) -> Bool { status == .pending && !RotationState.isAhead(dueAt, of: now) }
}
