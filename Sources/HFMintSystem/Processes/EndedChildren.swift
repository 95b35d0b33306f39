import Glibc

/// The exit statuses of children for which one thread waits and another thread may have asked the kernel first.
///
/// As process 1, the supervisor asks for the status of any child, and the kernel tells each status once.
final class EndedChildren: Sendable {
    static let shared = EndedChildren()

    private struct State {
        var awaited: Set<pid_t> = []
        var statuses: [pid_t: CInt] = [:]
    }

    private let state = Monitor(State())

    private init() {}

    /// Starts a child whose status will be asked for.
    ///
    /// - Parameter start: sets the child's number and returns 0, or returns an error code.
    func start(_ child: inout pid_t, _ start: (inout pid_t) -> CInt) -> CInt {
        state.withLock { state in
            let code = start(&child)
            if code == 0 { state.awaited.insert(child) }
            return code
        }
    }

    /// Keeps the status of an ended child, if it will be asked for.
    func note(_ child: pid_t, _ status: CInt) {
        state.withLock { if $0.awaited.contains(child) { $0.statuses[child] = status } }
    }

    /// Returns the status of an ended child, or nil while it runs.
    ///
    /// - Throws: if the kernel does not say.
    func status(of child: pid_t) throws(Errno) -> CInt? {
        try state.withLock { state throws(Errno) in
            var status: CInt = 0
            if let noted = state.statuses.removeValue(forKey: child) {
                status = noted
            } else if try Self.changed(child, &status) != child {
                return nil
            }
            state.awaited.remove(child)
            return status
        }
    }

    /// Returns the number of a child that has ended or, with WUNTRACED, stopped, or 0 if none has.
    ///
    /// - Parameter child: the child to ask for, or -1 for any child.
    static func changed(_ child: pid_t, _ status: inout CInt, _ options: CInt = 0) throws(Errno) -> pid_t {
        let found = unsafe waitpid(child, &status, options | WNOHANG)
        guard found < 0 else { return found }
        let failure = Errno.last
        guard failure.isUnsupported else {
            if failure.code == EINTR { return 0 }
            throw failure
        }
        return try changedByWaitID(child, &status, options, failure)
    }

    /// Asks waitid(2), which a sandbox may allow where it forbids wait4(2).
    private static func changedByWaitID(
        _ child: pid_t, _ status: inout CInt, _ options: CInt, _ failure: Errno
    ) throws(Errno) -> pid_t {
        var found = unsafe siginfo_t()
        let kinds = WEXITED | WNOHANG | (options & WUNTRACED == 0 ? 0 : WSTOPPED)
        guard unsafe waitid(child < 0 ? P_ALL : P_PID, id_t(max(0, child)), &found, kinds) == 0 else { throw failure }
        let (what, value) = unsafe (found.si_code, found._sifields._sigchld.si_status)
        status =
            switch what {
            case CInt(CLD_EXITED): (value & 0xFF) << 8
            case CInt(CLD_STOPPED): value << 8 | 0x7F
            default: value
            }
        return unsafe found._sifields._sigchld.si_pid
    }
}
