package import HFMintCore
import Synchronization

/// Programs run in hfmint's place that end as a script says; every other one is refused.
package final class ScriptedSupervisor: Supervisor {
    /// A program that was run.
    package struct Started: Sendable {
        package let arguments: [String]
        /// Without the NUL at their ends, sorted.
        package let environment: [String]
        package let hasRenewal: Bool
    }

    private struct State {
        var script: ArraySlice<([String], Result<Int32, ProcessFailure>)>
        var started: [Started] = []
    }

    private let state: Mutex<State>

    package init(_ script: [([String], Result<Int32, ProcessFailure>)] = []) {
        state = Mutex(State(script: script[...]))
    }

    package var started: [Started] { state.withLock { $0.started } }

    package func run(_ command: SupervisedCommand, renewal: Renewal?) throws(ProcessFailure) -> Int32 {
        try next(command, hasRenewal: renewal != nil).get()
    }

    package func become(_ command: SupervisedCommand) -> ProcessFailure {
        switch next(command, hasRenewal: false) {
        case .failure(let failure): return failure
        case .success(let status):
            unscripted("a program that became another and came back with \(status)")
            return .notFound
        }
    }

    private func next(_ command: SupervisedCommand, hasRenewal: Bool) -> Result<Int32, ProcessFailure> {
        let environment = command.environment.map { entry in String(entry.secret.revealedText().dropLast()) }.sorted()
        let next = state.withLock { state in
            state.started.append(
                Started(arguments: command.arguments, environment: environment, hasRenewal: hasRenewal))
            return state.script.popFirst()
        }
        guard let next, next.0 == command.arguments else {
            unscripted("the program \(command.arguments)")
            return .failure(.notFound)
        }
        return next.1
    }
}
