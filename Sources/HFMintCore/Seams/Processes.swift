/// Running other programs.
package protocol Processes: Sendable {
    /// Runs `command` with its input or none, this process's environment and stderr, and waits for it.
    ///
    /// A program that does not read its input is not forced to.
    ///
    /// After `timeLimit`, or beyond `byteLimit` bytes of output, it and what it started are killed.
    func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult
}

package struct ChildCommand: Equatable, Sendable {
    /// The program, looked up on `PATH` unless it holds a slash, and its arguments; never a secret.
    package var arguments: [String]
    /// What it reads on stdin, which then ends; without it, there is nothing to read.
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
    /// As a shell reports it: 128 + the signal for a program that a signal ended.
    package let status: Int
    package let output: Secret

    package init(status: Int, output: consuming Secret) {
        self.status = status
        self.output = output
    }
}

/// Why a program did not do its work.
///
/// ``Processes`` and ``Supervisor`` throw it; whoever named the program catches it, and names the program in its words.
package enum ProcessFailure: Error, Equatable, Sendable {
    case notFound
    case timedOut
    case tooMuchOutput
    /// In the operating system's words.
    case cannotStart(String)
    /// The same, for want of memory, processes or descriptors, or as the program is being written just now.
    case cannotStartNow(String)
    /// It was started, and what came of it cannot be seen here: the same.
    case outOfSight(String)
    /// It ended with this status, where another one was needed.
    case exited(Int)

    /// The operating system's words, where it said any.
    package var reason: String? {
        switch self {
        case .notFound, .timedOut, .tooMuchOutput, .exited: nil
        case .cannotStart(let reason), .cannotStartNow(let reason), .outOfSight(let reason): reason
        }
    }

    /// What became of the program, for a message in which it is the subject.
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
