internal import Synchronization

/// Keeps the token file of a running program good: replaces it whole at half its life, for as long as the provider
/// lets this job prove itself again.
package final class TokenKeeper: Sendable {
    private struct State {
        var token: HubToken
        var obtained: Moment
        var hasEnded = false
        /// What has been said already, so that it is said once.
        var said: Trouble?
    }

    /// By both clocks: the one that counts time alone does not go back when somebody sets the other, and the other goes
    /// on while the machine sleeps.
    private struct Moment {
        let time: Timestamp
        let uptime: Uptime

        init(_ clock: any Clock) { (time, uptime) = (clock.now(), clock.uptime()) }

        func age(_ clock: any Clock) -> Int {
            max(clock.now() - time, Int((clock.uptime() - uptime).components.seconds))
        }
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
        state = Mutex(State(token: token, obtained: Moment(context.clock)))
        self.exchanger = exchanger
        self.resource = resource
        purpose = exchanger.member?.email ?? resource?.canonical ?? ""
        self.directory = directory
        self.context = context
        try directory.replace(Self.fileName, with: token.bearer.secret)
    }

    package var path: String { "\(directory.path)/\(Self.fileName)" }

    package var renewal: Renewal {
        Renewal(firstWait: waitUntilHalfLife, renew: { self.renew() }, giveUp: { self.endRenewal($0) })
    }

    private func endRenewal(_ reason: String) {
        context.note("the token for \(purpose) is not renewed: no thread can be started: \(reason)")
        context.note("it expires in \(inWords(seconds: life.left))")
    }

    /// After this nothing is written any more.
    package func end() {
        state.withLock { $0.hasEnded = true }
    }

    /// Of the token that is in the file, in seconds.
    private var life: (whole: Int, left: Int) {
        let (token, obtained) = state.withLock { ($0.token, $0.obtained) }
        let whole = token.expiresAt - obtained.time
        return (whole, whole - obtained.age(context.clock))
    }

    private var waitUntilHalfLife: Duration { .seconds(max(1, life.left - (life.whole - life.whole / 2))) }

    /// Until it expires the old token stays; an empty file, never.
    private func renew() -> Duration? {
        do throws(MintError) {
            let token = try exchanger.renewedToken(for: resource)
            try exchanger.handOver([(resource, token)], as: .runRenewed, how: "at half its life")
            return keep(token)
        } catch {
            let left = life.left
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
                try directory.replace(Self.fileName, with: token.bearer.secret)
                exchanger.keep(token, for: resource)
                state.token = token
                state.obtained = Moment(context.clock)
                state.said = nil
                return nil
            } catch {
                return error
            }
        }
        if let failure {
            let left = life.left
            let message = "the renewed token cannot be written to '\(failure.path)': \(failure.reason)"
            tell(MintError(.stateUnusable, message), left: left)
            return .seconds(left > 0 ? max(1, min(60, left / 4)) : 15)
        }
        if wasDelayed { context.note("the token for \(purpose) is renewed") }
        return waitUntilHalfLife
    }
}
