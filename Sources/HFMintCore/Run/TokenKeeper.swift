internal import Synchronization

/// Keeps the token file of a running program good: replaces it whole at half its life, for as long as the provider
/// lets this job prove itself again.
package final class TokenKeeper: Sendable {
    private struct State {
        var token: HubToken
        var obtainedAt: Timestamp
        var hasEnded = false
        /// What has been said already, so that it is said once.
        var said: Trouble?
    }

    private enum Trouble { case delayed, expired }

    private let state: Mutex<State>
    private let exchanger: Exchanger
    private let resource: Resource?
    /// What the token is for, in a message.
    private let purpose: String
    private let directory: any PrivateDirectory
    private let context: Context

    package static let fileName = "token"

    /// Writes the first token.
    package init(
        _ token: HubToken, for resource: Resource?, exchanger: Exchanger, directory: any PrivateDirectory,
        context: Context
    ) throws(FileFailure) {
        state = Mutex(State(token: token, obtainedAt: context.clock.now()))
        self.exchanger = exchanger
        self.resource = resource
        purpose = exchanger.member?.email ?? resource?.canonical ?? ""
        self.directory = directory
        self.context = context
        try directory.replace(Self.fileName, with: token.secret)
    }

    package var path: String { "\(directory.path)/\(Self.fileName)" }

    package var renewal: Renewal {
        Renewal(firstWait: waitUntilHalfLife, renew: { self.renew() })
    }

    /// After this nothing is written any more.
    package func end() {
        state.withLock { $0.hasEnded = true }
    }

    private var waitUntilHalfLife: Duration {
        let (token, obtainedAt) = state.withLock { ($0.token, $0.obtainedAt) }
        let half = (token.expiresAt - obtainedAt) / 2
        return .seconds(max(1, half - (context.clock.now() - obtainedAt)))
    }

    /// Until it expires the old token stays; an empty file, never.
    private func renew() -> Duration? {
        do throws(MintError) {
            let token = try exchanger.renewedToken(for: resource)
            try exchanger.handOver([(resource, token)], as: .runRenewed, how: "at half its life")
            return keep(token)
        } catch {
            let left = state.withLock { $0.token.expiresAt } - context.clock.now()
            // A program or a file that fails once may work the next time; a refusal by the Hub will not.
            let isHiccup =
                error.code != .exchangeRejected && error.code != .eventUntrusted && error.code != .policyDenied
                && error.code != .identityUnverified && exchanger.canMintAgain && left > 0
            guard error.code.exitStatus == .retryLater || isHiccup else {
                context.note("the token for \(purpose) is not renewed: \(error.message)")
                context.note(left > 0 ? "it expires in \(inWords(seconds: left))" : "it has expired")
                return nil
            }
            tell(error, left: left)
            return .seconds(left > 0 ? max(1, min(60, left / 4)) : 15)
        }
    }

    private func tell(_ error: MintError, left: Int) {
        let trouble = left > 0 ? Trouble.delayed : .expired
        let isNews = state.withLock { state in
            defer { state.said = trouble }
            return state.said != trouble && !state.hasEnded
        }
        guard isNews else { return }
        context.note("the token for \(purpose) could not be renewed yet: \(error.message)")
        let last = left > 0 ? "is good for another \(inWords(seconds: left))" : "has expired"
        context.note("the last one \(last); hfmint goes on trying")
    }

    /// With the lock held from the first byte to the last, so that nothing is written once the files are removed.
    private func keep(_ token: HubToken) -> Duration? {
        var wasDelayed = false
        let failure: FileFailure? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            wasDelayed = state.said != nil
            do throws(FileFailure) {
                try directory.replace(Self.fileName, with: token.secret)
                exchanger.keep(token, for: resource)
                state.token = token
                state.obtainedAt = context.clock.now()
                state.said = nil
                return nil
            } catch {
                return error
            }
        }
        if let failure {
            let left = state.withLock { $0.token.expiresAt } - context.clock.now()
            let message = "the renewed token cannot be written to '\(failure.path)': \(failure.reason)"
            tell(MintError(.stateUnusable, message), left: left)
            return .seconds(left > 0 ? max(1, min(60, left / 4)) : 15)
        }
        if wasDelayed { context.note("the token for \(purpose) is renewed") }
        return waitUntilHalfLife
    }
}
