internal import Synchronization

/// Keeps the token file of a running program good: replaces it whole at half its life, for as long as the platform
/// lets this job prove itself again.
package final class TokenKeeper: Sendable {
    private struct State {
        var token: HubToken
        var obtainedAt: Timestamp
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let exchanger: Exchanger
    private let resource: Resource
    private let directory: any PrivateDirectory
    private let context: Context

    package static let fileName = "token"

    /// Writes the first token.
    package init(
        _ token: HubToken, for resource: Resource, exchanger: Exchanger, directory: any PrivateDirectory,
        context: Context
    ) throws(FileFailure) {
        state = Mutex(State(token: token, obtainedAt: context.clock.now()))
        self.exchanger = exchanger
        self.resource = resource
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
            return keep(token)
        } catch {
            let left = state.withLock { $0.token.expiresAt } - context.clock.now()
            guard error.code.exitStatus == .retryLater, left > 0 else {
                context.note("the token for \(resource.canonical) is not renewed: \(error.message)")
                context.note("it \(left > 0 ? "expires in \(inWords(seconds: left))" : "has expired")")
                return nil
            }
            context.note("the token for \(resource.canonical) could not be renewed yet: \(error.message)")
            return .seconds(max(1, min(60, left / 4)))
        }
    }

    private func keep(_ token: HubToken) -> Duration? {
        let failure: FileFailure? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            do throws(FileFailure) {
                try directory.replace(Self.fileName, with: token.secret)
                state.token = token
                state.obtainedAt = context.clock.now()
                return nil
            } catch {
                return error
            }
        }
        if let failure { context.note("the renewed token cannot be written to '\(failure.path)': \(failure.reason)") }
        return waitUntilHalfLife
    }
}
