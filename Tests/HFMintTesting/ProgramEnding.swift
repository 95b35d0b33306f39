import HFMintCore

/// How a program of the user's may end other than by success, and what that means wherever it is run.
package struct ProgramEnding: CustomStringConvertible, Sendable {
    package enum Meaning: Sendable { case refused, later, unknown, notStarted }

    package let ending: ScriptedProcesses.Ending
    package let meaning: Meaning
    /// What a message says of it, behind the program's name.
    package let predicate: String

    package var description: String { predicate }

    private init(_ ending: ScriptedProcesses.Ending, _ meaning: Meaning, _ predicate: String) {
        self.ending = ending
        self.meaning = meaning
        self.predicate = predicate
    }

    /// What a program prints before it ends so; no message may hold it.
    private static let output = "SENTINEL"

    /// Each class at least once, with a time limit of 30 seconds.
    package static let all: [ProgramEnding] = said + silent + kept

    private static let said: [ProgramEnding] = [
        ProgramEnding(.exit(1, output), .refused, "refused (exit 1)"),
        ProgramEnding(.exit(75, output), .later, "asks to come back (exit 75)"),
    ]

    private static let silent: [ProgramEnding] = [2, 3, 4, 64, 126, 127, 137, 143, 255].map { status in
        ProgramEnding(.exit(status, output), .unknown, "failed with status \(status)")
    }

    private static let kept: [ProgramEnding] = [
        ProgramEnding(.failure(.timedOut), .unknown, "took longer than 30 s"),
        ProgramEnding(.failure(.tooMuchOutput), .unknown, "printed more than 64 KiB"),
        ProgramEnding(
            .failure(.outOfSight("bad file descriptor")), .unknown,
            "was started, and cannot be followed on this machine: bad file descriptor"),
        ProgramEnding(.failure(.notFound), .notStarted, "was not found"),
        ProgramEnding(
            .failure(.cannotStart("exec format error")), .notStarted, "cannot be started: exec format error"),
        ProgramEnding(
            .failure(.cannotStartNow("cannot allocate memory")), .later, "cannot be started: cannot allocate memory"),
    ]
}
