package import HFMintCore
import Synchronization

/// Programs that end as a script says, in order; every other one is refused.
package final class ScriptedProcesses: Processes {
    /// How a program ends.
    package enum Ending: Sendable {
        case exit(Int, String)
        case failure(ProcessFailure)
    }

    private struct State {
        var script: ArraySlice<([String], Ending)>
        var started: [ChildCommand] = []
    }

    private let state: Mutex<State>

    package init(_ script: [([String], Ending)] = []) {
        state = Mutex(State(script: script[...]))
    }

    package var started: [ChildCommand] { state.withLock { $0.started } }

    package func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult {
        let next = state.withLock { state in
            state.started.append(command)
            return state.script.popFirst()
        }
        guard let next, next.0 == command.arguments else {
            unscripted("the program \(command.arguments)")
            throw .cannotStart("unscripted program")
        }
        switch next.1 {
        case .exit(let status, let output): return ChildResult(status: status, output: Secret(output))
        case .failure(let failure): throw failure
        }
    }
}
