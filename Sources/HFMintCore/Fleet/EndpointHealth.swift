/// Watches an endpoint after an update, until its health was seen after it, as ``SpaceHealth`` does a Space.
///
/// "running" right after an update tells of the deployment before it; so does the time of the last change, which moves
/// with the update itself. An endpoint that was scaled to zero or paused stays so, and its page is not asked for: that
/// would wake it, and cost money.
/// <https://huggingface.co/docs/inference-endpoints/guides/foundations>
package struct EndpointHealth: Equatable, Sendable {
    private let before: EndpointState?
    private var patience: HealthPatience
    private var hasSeenUpdate = false

    /// The state of the last look.
    var stage: String { patience.stage }

    /// As ``SpaceHealth/init(_:settle:before:since:)``.
    package init(_ health: Health, settle: Int, before: EndpointState?, since start: Uptime) {
        self.before = before
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
            return isAsBefore ? .healthy("\(state.state), as before") : patience.wait(at: now)
        default: return patience.wait(at: now)
        }
    }

    /// Takes the status with which the endpoint's page answered; nil if no answer came.
    package mutating func answered(_ status: Int?, at now: Uptime) -> SpaceHealth.Next {
        patience.answered(status, at: now)
    }

    /// Takes that the service could not be asked.
    package mutating func unobserved(at now: Uptime) -> SpaceHealth.Next { patience.unobserved(at: now) }
}
