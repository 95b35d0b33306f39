/// The one contract for all programs of the user's.
///
/// Exit 0 means done, 1 refused, and 75 (`EX_TEMPFAIL`) later. After any other end the program may have acted or not.
/// docs/reference/programs.md tells what follows for each kind of program.
extension Processes {
    /// Runs a program to its end, and returns what it printed.
    ///
    /// - Throws: ``ProcessFailure/exited(_:)`` also for every status but 0; see ``ProcessFailure/meaning``.
    package func output(of command: ChildCommand) throws(ProcessFailure) -> Secret {
        let result = try run(command)
        guard result.status == 0 else { throw .exited(result.status) }
        return result.output
    }
}

extension ProcessFailure {
    /// The meaning of the end of a user's program.
    package enum Meaning: Sendable {
        /// The program did nothing, and will refuse the same again.
        case refused
        /// The program did nothing, and the same may work later.
        case later
        /// The program may have acted: another exit status, a signal, or a limit of time or output.
        case unknown
        /// The program did not run, and will not run until a person mends something.
        case notStarted
    }

    package var meaning: Meaning {
        switch self {
        case .exited(Self.refusal): .refused
        case .exited(Self.temporaryFailure), .cannotStartNow: .later
        case .exited, .timedOut, .tooMuchOutput, .outOfSight: .unknown
        case .notFound, .cannotStart: .notStarted
        }
    }

    static let refusal = 1
    /// `EX_TEMPFAIL` of <https://man.freebsd.org/cgi/man.cgi?query=sysexits>.
    static let temporaryFailure = 75
}
