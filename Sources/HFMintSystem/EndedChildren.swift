import Glibc

/// How children ended whom the supervisor buried while others waited for them: as process 1 it buries all.
@safe final class EndedChildren: @unchecked Sendable {
    static let shared = EndedChildren()

    private struct State {
        var awaited: Set<pid_t> = []
        var statuses: [pid_t: CInt] = [:]
    }

    private var state = State()
    /// Not a `Mutex`: one that is waited for is handed on by the kernel, which ThreadSanitizer takes for a race.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>

    private init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
    }

    /// Starts a child for whose end somebody will ask; `start` answers 0 and sets the number, or why it could not.
    func start(_ child: inout pid_t, _ start: (inout pid_t) -> CInt) -> CInt {
        withLock { state in
            let code = start(&child)
            if code == 0 { state.awaited.insert(child) }
            return code
        }
    }

    /// Tells how a child ended, if anyone waits for it.
    func note(_ child: pid_t, _ status: CInt) {
        withLock { if $0.awaited.contains(child) { $0.statuses[child] = status } }
    }

    /// `nil` while it runs.
    func status(of child: pid_t) -> CInt? {
        withLock { state in
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

    private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body(&state)
    }
}
