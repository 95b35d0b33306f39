/// What the end of a program of the user's means: the one contract of every place that names one.
///
/// Exit 0 is done, 1 is refused, 75 (`EX_TEMPFAIL`) is later; every other end leaves open whether the program has acted.
/// What follows from that in each place is in docs/reference/programs.md.
///
/// Each case but the first has a predicate for a message in which the program is the subject: `took longer than 30 s`.
package enum ProgramEnd: ~Copyable, Sendable {
    /// It did what it was asked, and printed this.
    case done(Secret)
    /// Nothing happened, and it will refuse the same again.
    case refused(String)
    /// Nothing happened, and the same may work later.
    case later(String)
    /// It may have acted: another exit status, a signal, a limit of time or output.
    case unknown(String)
    /// It did not run, and will not run before somebody has mended something.
    case notStarted(String)
}

extension ProgramEnd {
    /// `EX_TEMPFAIL` of <https://man.freebsd.org/cgi/man.cgi?query=sysexits>.
    private static let temporaryFailure = 75

    package init(_ result: consuming ChildResult) {
        switch result.status {
        case 0: self = .done(result.output)
        case 1: self = .refused("refused (exit 1)")
        case Self.temporaryFailure: self = .later("asks to come back (exit 75)")
        case let status: self = .unknown(ChildResult.failed(with: status))
        }
    }

    package init(_ failure: ProcessFailure, of command: ChildCommand) {
        let predicate = failure.predicate(of: command)
        switch failure {
        case .notFound, .cannotStart: self = .notStarted(predicate)
        case .cannotStartNow: self = .later(predicate)
        case .timedOut, .tooMuchOutput, .outOfSight: self = .unknown(predicate)
        }
    }
}

extension Processes {
    /// Runs a program of the user's to its end.
    package func end(of command: ChildCommand) -> ProgramEnd {
        do throws(ProcessFailure) {
            return ProgramEnd(try run(command))
        } catch {
            return ProgramEnd(error, of: command)
        }
    }
}
