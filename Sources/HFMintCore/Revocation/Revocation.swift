/// The report of a leaked token to the Hub, and a look at whether the token died.
///
/// It tries the token, reports it (``LeakReport``), and tries it again. The Hub accepts a report of an unknown token
/// too, so hfmint calls a token dead only if the Hub knew it before the report and not after. `TokenExpiry.swift` reads
/// the expiry out of the token for messages. The room writes nothing and forgets nothing; it never prints the token.
package struct Revocation: Sendable {
    /// What hfmint observed of the token after the report.
    package enum Observation: String, Sendable {
        /// The Hub accepted the token in a trial before the report, and did not know it in two such trials after.
        case dead
        /// The Hub accepted the report; hfmint knows no more.
        case accepted
        /// The token is too long for the Hub's route.
        case cannotBeRevoked = "cannot-be-revoked"
    }

    private let endpoint: Origin
    /// The first trial that accepts the token shows later whether it died.
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

    /// Reports `token`, and returns what became of it.
    package func report(_ token: borrowing Secret) throws(MintError) -> Observation {
        guard token.byteCount <= LeakReport.longestToken else { return .cannotBeRevoked }
        let trial = firstTrial(thatTakes: token)
        try submit(token)
        guard let trial, died(token, by: trial) else { return .accepted }
        return .dead
    }

    /// Returns the first trial that accepts the token, or nil.
    ///
    /// A Hub that does not answer is asked no more, so that time is left for the report.
    private func firstTrial(thatTakes token: borrowing Secret) -> TokenTrial? {
        for trial in trials {
            let answer = answer(to: token, by: trial)
            if answer.isTaken { return trial }
            if answer.status == 0 { return nil }
        }
        return nil
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

    /// Whether the Hub twice in a row does not know the token, within a few seconds.
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
