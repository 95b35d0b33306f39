/// Watches an endpoint after an update, until its health was seen after it, as ``SpaceHealth`` does a Space.
///
/// "running" right after an update tells of the deployment before it; so does the time of the last change, which moves
/// with the update itself. An endpoint that was scaled to zero or paused stays so, and its page is not asked for: that
/// would wake it, and cost money. One that falls asleep after the update is taken for well, as nothing says more of it
/// while it sleeps: its next request shows whether it starts.
/// <https://huggingface.co/docs/inference-endpoints/guides/foundations>
package struct EndpointHealth: Equatable, Sendable {
    private let before: EndpointState?
    private let revision: String?
    private var patience: HealthPatience
    private var hasSeenUpdate = false

    /// The state of the last look.
    var stage: String { patience.stage }

    /// As ``SpaceHealth/init(_:settle:before:since:)``.
    ///
    /// - Parameter revision: the revision that the endpoint must have after the update, or nil if any will do.
    package init(
        _ health: Health, settle: Int, before: EndpointState?, revision: String? = nil, since start: Uptime
    ) {
        self.before = before
        self.revision = revision
        patience = HealthPatience(health, settle: settle, since: start)
    }

    /// Takes what the service shows now.
    package mutating func observe(_ state: EndpointState, at now: Uptime) -> SpaceHealth.Next {
        patience.see(state.state, "is \(state.state)")
        switch state.state {
        case "pending", "initializing", "updating":
            hasSeenUpdate = true
            return patience.wait(at: now)
        case _ where !hasSeenUpdate && !patience.hasSettled(at: now): return patience.wait(at: now)
        case "running": return patience.up
        case "failed", "updateFailed": return .unhealthy("is \(state.state)")
        case "paused", "scaledToZero":
            let isAsBefore = before.map { $0.state.utf8.elementsEqual(state.state.utf8) } ?? true
            if isAsBefore { return .healthy("\(state.state), as before") }
            guard state.state == "scaledToZero", shows(state) else { return patience.wait(at: now) }
            return .healthy("scaledToZero after the update, and not seen to run with it")
        default: return patience.wait(at: now)
        }
    }

    /// Whether the service shows the endpoint as the update left it: by its revision, and by an intermediate state that
    /// was seen or a time that has moved.
    private func shows(_ state: EndpointState) -> Bool {
        if let revision, state.revision?.utf8.elementsEqual(revision.utf8) != true { return false }
        if hasSeenUpdate { return true }
        guard let then = before?.updatedAt, let now = state.updatedAt else { return false }
        return !then.utf8.elementsEqual(now.utf8)
    }

    /// Takes the status with which the endpoint's page answered; nil if no answer came.
    package mutating func answered(_ status: Int?, at now: Uptime) -> SpaceHealth.Next {
        patience.answered(status, at: now)
    }

    /// Takes that the service could not be asked.
    package mutating func unobserved(at now: Uptime) -> SpaceHealth.Next { patience.unobserved(at: now) }
}
