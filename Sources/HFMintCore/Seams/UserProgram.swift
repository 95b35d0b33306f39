/// The one contract of every place that names a program of the user's.
///
/// Exit 0 is done, 1 is refused, 75 (`EX_TEMPFAIL`) is later; every other end leaves open whether the program has acted.
/// What follows from that in each place is in docs/reference/programs.md.
extension Processes {
    /// Runs a program to its end, and returns what it printed.
    ///
    /// - Throws: ``ProcessFailure/exited(_:)`` too, for every status but 0; see ``ProcessFailure/meaning``.
    package func output(of command: ChildCommand) throws(ProcessFailure) -> Secret {
        let result = try run(command)
        guard result.status == 0 else { throw .exited(result.status) }
        return result.output
    }
}

extension ProcessFailure {
    /// What the end of a program of the user's means.
    package enum Meaning: Sendable {
        /// Nothing happened, and it will refuse the same again.
        case refused
        /// Nothing happened, and the same may work later.
        case later
        /// It may have acted: another exit status, a signal, a limit of time or output.
        case unknown
        /// It did not run, and will not run before somebody has mended something.
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
