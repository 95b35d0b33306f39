/// A seam that runs other programs.
package protocol Processes: Sendable {
    /// Runs `command` with this process's environment and stderr, and waits for its end.
    ///
    /// A program need not read its input. After `timeLimit`, or beyond `byteLimit` bytes of output, the program and
    /// those that it started are killed.
    func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult
}

package struct ChildCommand: Equatable, Sendable {
    /// The program, looked up on `PATH` unless it holds a slash, and its arguments; never a secret.
    package var arguments: [String]
    /// The whole of stdin, which is empty without it.
    package var input: SharedSecret?
    package var timeLimit: Duration
    package var byteLimit: Int

    package init(
        _ arguments: [String], input: SharedSecret? = nil, timeLimit: Duration = .seconds(30), byteLimit: Int = 64 << 10
    ) {
        self.arguments = arguments
        self.input = input
        self.timeLimit = timeLimit
        self.byteLimit = byteLimit
    }
}

package struct ChildResult: ~Copyable, Sendable {
    /// The exit status as shells report it: 128 + the signal if a signal ended the program.
    package let status: Int
    package let output: Secret

    package init(status: Int, output: consuming Secret) {
        self.status = status
        self.output = output
    }
}

/// Why a program did not do its work.
///
/// ``Processes`` and ``Supervisor`` throw it. A caller that knows the purpose of the program catches it.
package enum ProcessFailure: Error, Equatable, Sendable {
    case notFound
    case timedOut
    case tooMuchOutput
    /// The program cannot be started, with a reason in the operating system's words.
    case cannotStart(String)
    /// Memory, processes or descriptors are exhausted, or the program is being written now.
    case cannotStartNow(String)
    /// The program was started, but its end cannot be observed on this machine.
    case outOfSight(String)
    /// The program ended with this status instead of 0.
    case exited(Int)

    /// The reason in the operating system's words, if it gave one.
    package var reason: String? {
        switch self {
        case .notFound, .timedOut, .tooMuchOutput, .exited: nil
        case .cannotStart(let reason), .cannotStartNow(let reason), .outOfSight(let reason): reason
        }
    }

    /// Returns the predicate of a sentence whose subject is the program.
    package func predicate(of command: ChildCommand) -> String {
        switch self {
        case .notFound: "was not found"
        case .timedOut: "took longer than \(inSeconds(command.timeLimit.milliseconds))"
        case .tooMuchOutput: "printed more than \(command.byteLimit >> 10) KiB"
        case .cannotStart(let reason), .cannotStartNow(let reason): "cannot be started: \(reason)"
        case .outOfSight(let reason): "was started, and cannot be followed on this machine: \(reason)"
        case .exited(Self.refusal): "refused (exit 1)"
        case .exited(Self.temporaryFailure): "asks to come back (exit 75)"
        case .exited(let status): "failed with status \(status)"
        }
    }
}
