extension RotationDefinition {
    /// Returns the next moments at which a run begins, as far as they are known now.
    ///
    /// The first is `now` if a run is due or waits to begin, and none is under way. It comes before the first slot of
    /// the schedule if the secret in use expires earlier.
    package func nextRuns(_ count: Int, after state: RotationState, at now: Timestamp) -> [Timestamp] {
        guard count > 0 else { return [] }
        // If clocks disagree, nobody can say when a run is due.
        guard state.disagreement(with: now) == nil else { return [] }
        var moments: [Timestamp] = []
        if state.timetable.wanted != nil, state.attention == nil {
            moments.append(max(now, state.nextTry(at: now) ?? now))
        }
        guard let schedule else { return moments }
        let anchor = state.timetable.anchor ?? now
        if moments.isEmpty, !state.isRunning,
            case .due = schedule.timing(at: now, anchor: anchor, expiry: state.timetable.expiry)
        {
            moments.append(now)
        }
        let slots = schedule.upcoming(count, after: max(now, anchor), anchor: anchor)
        if moments.isEmpty, let expiry = state.timetable.expiry, let first = slots.first, expiry.isNearFrom < first {
            moments.append(expiry.isNearFrom)
        }
        return Array((moments + slots).prefix(count))
    }
}
