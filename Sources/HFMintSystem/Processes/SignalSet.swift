import Glibc

/// A set of signals, which can be blocked and waited for together.
struct SignalSet {
    private(set) var raw = sigset_t()

    init(_ signals: [CInt]) {
        unsafe sigemptyset(&raw)
        signals.forEach { _ = unsafe sigaddset(&raw, $0) }
    }

    /// Blocks the signals, or returns `false` and sets errno.
    func block() -> Bool {
        var set = raw
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        errno = code
        return code == 0
    }

    /// Lets the signals through to this thread again.
    func unblock() {
        var set = raw
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Takes one pending signal of this set, which must be blocked, and returns whether there was one.
    func takeOne() -> Bool {
        var set = raw
        var noTime = timespec()
        return unsafe sigtimedwait(&set, nil, &noTime) > 0
    }

    /// Discards the pending signals of this set, except SIGCHLD, and returns them.
    func takePending() -> [CInt] {
        var pending = sigset_t()
        guard unsafe sigpending(&pending) == 0 else { return [] }
        let found = (1..<CInt(32)).filter { number in
            unsafe number != SIGCHLD && sigismember(&pending, number) == 1 && contains(number)
        }
        for number in found {
            // Ignoring a signal for a moment discards it.
            _ = signal(number, SIG_IGN)
            _ = signal(number, SIG_DFL)
        }
        return found
    }

    private func contains(_ number: CInt) -> Bool {
        var set = raw
        return unsafe sigismember(&set, number) == 1
    }
}
