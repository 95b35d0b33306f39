/// A moment that has been, by the journal, and has not, by this machine's clock: the one was ahead, or the other is
/// behind.
///
/// What is counted from it would come years late, and nobody would notice.
package struct ClockDisagreement: Equatable, Sendable {
    fileprivate let what: String
    fileprivate let moment: Timestamp
    fileprivate let now: Timestamp

    package var attention: Attention { attention(by: "this machine's clock says") }

    /// Where it is the issuer's clock that says `now`: one of the two is wrong.
    func attention(of issuer: String) -> Attention { attention(by: "the clock of \(issuer) says") }

    private func attention(by clock: String) -> Attention {
        Attention(
            .clockWasAhead,
            "by the journal, \(what) at \(moment.rfc3339); \(clock) \(now.rfc3339), which is"
                + " \(inWords(seconds: moment - now)) before that")
    }

    /// In seconds.
    package var lead: Int { moment - now }
}

extension RotationState {
    /// Between two clocks that are right, in seconds.
    private static let tolerance = 300
    /// The longest wait between two tries, of a step or of a callback, in seconds.
    private static let longestWait = 86_400

    /// What can only have been written by a clock that was ahead of this one, where something is counted from it.
    package func disagreement(with now: Timestamp) -> ClockDisagreement? {
        let written: [(String, Timestamp?)] =
            isRunning
            ? [
                ("the end of the overlap was set", waitsForOverlap ? announcement?.at : nil),
                ("the grace of a leaked secret began", graceEndsAt == nil ? nil : graceSetAt ?? startedAt),
            ]
            : [
                ("the secret was last rotated", last?.at), ("the last run was due", last?.slot),
                ("the schedule began to count", last == nil ? enabledAt : nil),
            ]
        for case (let what, let moment?) in written where moment > now + Self.tolerance {
            return ClockDisagreement(what: what, moment: moment, now: now)
        }
        return nil
    }

    /// The same by the issuer's clock, which the overlap waits for too: a wait of more than a day longer than was meant is
    /// no difference between two clocks that are right.
    func disagreement(withIssuer date: Timestamp) -> ClockDisagreement? {
        guard let announcement, announcement.at > date + Self.longestWait else { return nil }
        return ClockDisagreement(what: "the end of the overlap was set", moment: announcement.at, now: date)
    }

    /// When the new secret expires, where that was before its run began: nobody made it so.
    var endBeforeItsRun: Timestamp? {
        guard let end = created?.expiresAt, let startedAt, end <= startedAt else { return nil }
        return end
    }

    private var waitsForOverlap: Bool { overlapEndsAt != nil && (phase == .planned || phase == .delivered) }

    /// That the old secret's end was told of, in this run.
    var announcement: CallbackEvent? { events.last { $0.kind == .secretRevoking && $0.run == run } }

    /// When the next try is due; `nil` for at once.
    ///
    /// No try waits longer than a day: a moment beyond that is a wrong clock's, and to try too early does no harm.
    package func nextTry(at now: Timestamp) -> Timestamp? {
        dueAt.flatMap { Self.isAhead($0, of: now) ? $0 : nil }
    }

    fileprivate static func isAhead(_ due: Timestamp, of now: Timestamp) -> Bool {
        due > now && due <= now + longestWait + tolerance
    }

    /// With every moment counted anew from `now`, where it had been written by a clock that was ahead: a person has
    /// said that this one is right.
    ///
    /// An overlap begins anew, and everyone is told of its new end.
    func countedAnew(from now: Timestamp) -> RotationState {
        var state = self
        if let announcement, announcement.at > now { state.overlapEndsAt = nil }
        if let end = graceEndsAt, let set = graceSetAt ?? startedAt, set > now {
            (state.graceEndsAt, state.graceSetAt) = (now + max(0, end - set), now)
        }
        state.enabledAt = enabledAt.map { min($0, now) }
        state.startedAt = startedAt.map { min($0, now) }
        state.last = last.map { last in
            Completed(
                id: last.id, at: min(last.at, now), slot: last.slot.flatMap { $0 > now ? nil : $0 },
                expiresAt: last.expiresAt)
        }
        return state
    }

    /// How long the secret in use has been in use, in seconds; never less than none.
    package func age(at now: Timestamp) -> Int? { last.map { max(0, now - $0.at) } }
}

extension CallbackEvent.Delivery {
    /// Whether it is to be tried; as ``RotationState/nextTry(at:)``.
    func isDue(at now: Timestamp) -> Bool { status == .pending && !RotationState.isAhead(dueAt, of: now) }
}
