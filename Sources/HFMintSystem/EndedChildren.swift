import Glibc

/// How children ended whom the supervisor buried while others waited for them: as process 1 it buries all.
final class EndedChildren: Sendable {
    static let shared = EndedChildren()

    private struct State {
        var awaited: Set<pid_t> = []
        var statuses: [pid_t: CInt] = [:]
    }

    private let state = Monitor(State())

    private init() {}

    /// Starts a child for whose end somebody will ask; `start` answers 0 and sets the number, or why it could not.
    func start(_ child: inout pid_t, _ start: (inout pid_t) -> CInt) -> CInt {
        state.withLock { state in
            let code = start(&child)
            if code == 0 { state.awaited.insert(child) }
            return code
        }
    }

    /// Tells how a child ended, if anyone waits for it.
    func note(_ child: pid_t, _ status: CInt) {
        state.withLock { if $0.awaited.contains(child) { $0.statuses[child] = status } }
    }

    /// `nil` while it runs.
    ///
    /// - Throws: where nobody can say.
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

    /// Which child has ended, or, with WUNTRACED, stopped.
    ///
    /// -1 asks for any; the answer is 0 for none.
    static func changed(_ child: pid_t, _ status: inout CInt, _ options: CInt = 0) throws(Errno) -> pid_t {
        let found = unsafe waitpid(child, &status, options | WNOHANG)
        guard found < 0 else { return found }
        let failure = Errno.last
        guard failure.isMissing else {
            if failure.code == EINTR { return 0 }
            throw failure
        }
        return try changedByOtherWay(child, &status, options, failure)
    }

    /// By waitid(2), which is another call of the kernel's.
    private static func changedByOtherWay(
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
