import Glibc
internal import Synchronization

/// How children ended whom the supervisor buried while others waited for them: as process 1 it buries all.
final class EndedChildren: Sendable {
    static let shared = EndedChildren()

    private struct State {
        var awaited: Set<pid_t> = []
        var statuses: [pid_t: CInt] = [:]
    }

    private let state = Mutex(State())

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
    func status(of child: pid_t) -> CInt? {
        state.withLock { state in
            var status: CInt = 0
            if let noted = state.statuses.removeValue(forKey: child) {
                status = noted
            } else if unsafe waitpid(child, &status, WNOHANG) != child {
                return nil
            }
            state.awaited.remove(child)
            return status
        }
    }
}
