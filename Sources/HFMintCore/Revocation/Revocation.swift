/// A token leaked: reports it to the Hub, then sees whether it died.
///
/// The Hub takes the report whether or not it knew the token, so that is never called a revocation; see ``LeakReport``.
package struct Revocation: Sendable {
    /// What was seen, never what was hoped for.
    package enum Outcome: String, Sendable {
        /// The Hub took the token before, and did not know it twice after, by the same trial.
        case dead
        /// The Hub took the report, and no more is known.
        case accepted
        /// The Hub's route cannot take a token of this length.
        case cannotBeRevoked = "cannot-be-revoked"
    }

    private let endpoint: Origin
    /// The first that takes the token shows whether it dies.
    private let trials: [TokenTrial]
    private let deadline: Uptime
    private let context: Context

    /// - Parameter resource: what the token is for, where it is known: the token is tried there first.
    package init(endpoint: Origin, resource: Resource?, timeLimit: Duration, context: Context) {
        self.endpoint = endpoint
        trials = [resource.flatMap { TokenTrial.authCheck($0) }, .whoAmI].compactMap(\.self)
        deadline = context.clock.uptime() + timeLimit
        self.context = context
    }

    package func report(_ token: borrowing Secret) throws(MintError) -> Outcome {
        guard token.byteCount <= LeakReport.longestToken else { return .cannotBeRevoked }
        let trial = trials.first { answer(to: token, by: $0).isTaken }
        try submit(token)
        guard let trial, died(token, by: trial) else { return .accepted }
        return .dead
    }

    private func submit(_ token: borrowing Secret) throws(MintError) {
        try Attempts(until: deadline).repeating(in: context) { attempts throws(MintError) in
            try submitOnce(token, attempts.limits(context.clock))
        }
    }

    private func submitOnce(_ token: borrowing Secret, _ limits: HTTPLimits) throws(MintError) {
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                LeakReport.request(to: endpoint), body: LeakReport.body(token), limits: limits)
        } catch {
            throw .transport(error, to: endpoint.host, doing: .serviceUnavailable)
        }
        guard !LeakReport.isTaken(response.status) else { return }
        throw MintError(
            response.isTransient ? .serviceUnavailable : .exchangeRejected,
            "\(endpoint.host) did not take the report (\(response.status))",
            hint: "invalidate the token at \(endpoint)/settings/tokens", isTransient: response.isTransient,
            retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
    }

    /// Whether the Hub does not know the token twice in a row, within a few seconds.
    private func died(_ token: borrowing Secret, by trial: TokenTrial) -> Bool {
        var refusals = 0
        for _ in 0..<5 {
            refusals = answer(to: token, by: trial).isUnknown ? refusals + 1 : 0
            if refusals == 2 { return true }
            let wait = Duration.milliseconds(refusals == 0 ? 1_000 : 200)
            guard context.clock.uptime() + wait < deadline else { return false }
            context.clock.sleep(for: wait)
        }
        return false
    }

    private func answer(to token: borrowing Secret, by trial: TokenTrial) -> TokenTrial.Answer {
        trial.answer(
            to: token, at: endpoint, limits: Attempts(until: deadline).limits(context.clock), in: context)
    }
}
