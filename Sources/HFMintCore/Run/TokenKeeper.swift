internal import Synchronization

/// Keeps the token in a running program's token file alive: replaces the file whole at half the token's life, for as
/// long as the provider gives this job new ID tokens.
package final class TokenKeeper: Sendable {
    private struct State {
        var token: HubToken
        var obtained: Moment
        var hasEnded = false
        /// The trouble that was noted last, so that each is noted once.
        var noted: Trouble?
    }

    /// A moment by both clocks: the uptime never jumps when somebody sets the time, and the time goes on while the
    /// machine sleeps.
    private struct Moment {
        let time: Timestamp
        let uptime: Uptime

        init(_ clock: any Clock) { (time, uptime) = (clock.now(), clock.uptime()) }

        /// Returns the seconds since this moment, by the clock that shows more.
        func age(_ clock: any Clock) -> Int {
            max(clock.now() - time, Int((clock.uptime() - uptime).components.seconds))
        }
    }

    private enum Trouble { case delayed, expired }

    private let state: Mutex<State>
    private let exchanger: Exchanger
    private let resource: Resource?
    /// The member or resource that the token is for, for messages.
    private let purpose: String
    private let directory: any PrivateDirectory
    private let context: Context

    package static let fileName = RunFile.token.name

    /// Writes the first token's file.
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

    /// The renewal for the supervisor to run beside the program.
    package var renewal: Renewal {
        Renewal(firstWait: waitUntilHalfLife, renew: { self.renew() }, giveUp: { self.endRenewal($0) })
    }

    private func endRenewal(_ reason: String) {
        context.note("the token for \(purpose) is not renewed: no thread can be started: \(reason)")
        context.note("it expires in \(inWords(seconds: life.left))")
    }

    /// Ends the writing: no later renewal writes a file.
    package func end() {
        state.withLock { $0.hasEnded = true }
    }

    /// The life of the token in the file, in seconds: all of it, and the rest.
    private var life: (whole: Int, left: Int) {
        let (token, obtained) = state.withLock { ($0.token, $0.obtained) }
        let whole = token.expiresAt - obtained.time
        return (whole, whole - obtained.age(context.clock))
    }

    private var waitUntilHalfLife: Duration { .seconds(max(1, life.left - (life.whole - life.whole / 2))) }

    /// Renews the token; returns the wait until the next try, or `nil` to end.
    ///
    /// The old token stays in the file until a new one replaces it, so the file is never empty.
    private func renew() -> Duration? {
        do throws(MintError) {
            let token = try exchanger.renewedToken(for: resource)
            try exchanger.handOver([(resource, token)], as: .runRenewed, how: "at half its life")
            return keep(token)
        } catch {
            let left = life.left
            // A program or a file may work again at the next try; a refusal will not change.
            let isFinal = [.exchangeRejected, .eventUntrusted, .policyDenied, .identityUnverified].contains(error.code)
            let mayPass = !isFinal && exchanger.canMintAgain && left > 0
            guard error.code.exitStatus == .retryLater || mayPass else {
                context.note("the token for \(purpose) is not renewed: \(error.message)")
                context.note(left > 0 ? "it expires in \(inWords(seconds: left))" : "it has expired")
                return nil
            }
            note(error, left: left)
            return Self.retryWait(left: left)
        }
    }

    private static func retryWait(left: Int) -> Duration { .seconds(left > 0 ? max(1, min(60, left / 4)) : 15) }

    /// Notes why the renewal failed, unless the last failure was of the same kind.
    private func note(_ error: MintError, left: Int) {
        let trouble = left > 0 ? Trouble.delayed : .expired
        let isNews = state.withLock { state in
            defer { state.noted = trouble }
            return state.noted != trouble && !state.hasEnded
        }
        guard isNews else { return }
        context.note("the token for \(purpose) could not be renewed yet: \(error.message)")
        let last = left > 0 ? "is good for another \(inWords(seconds: left))" : "has expired"
        context.note("the last one \(last); hfmint goes on trying")
    }

    /// Writes `token` to the file, and returns the wait until its renewal.
    ///
    /// Holds the lock during the whole write, so that nothing is written after ``end()``.
    private func keep(_ token: HubToken) -> Duration? {
        var wasDelayed = false
        let failure: FileFailure? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            wasDelayed = state.noted != nil
            do throws(FileFailure) {
                try directory.replace(Self.fileName, with: token.bearer.secret)
                exchanger.keep(token, for: resource)
                state.token = token
                state.obtained = Moment(context.clock)
                state.noted = nil
                return nil
            } catch {
                return error
            }
        }
        if let failure {
            let left = life.left
            let message = "the renewed token cannot be written to '\(failure.path)': \(failure.reason)"
            note(MintError(.stateUnusable, message), left: left)
            return Self.retryWait(left: left)
        }
        if wasDelayed { context.note("the token for \(purpose) is renewed") }
        return waitUntilHalfLife
    }
}
