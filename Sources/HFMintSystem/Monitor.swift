import Glibc

/// A value that one thread at a time uses, and whose changes other threads can wait for.
///
/// A `Mutex` has no way to wait for a change. ThreadSanitizer also reports a race when a contended one changes hands.
@safe final class Monitor<Value>: @unchecked Sendable {
    // `@unchecked`: `value` is only touched under `lock`.
    private var value: Value
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    init(_ value: Value) {
        self.value = value
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    func withLock<Result, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return try body(&value)
    }

    /// Changes the value, and wakes the threads that wait for a change.
    func change(_ body: (inout Value) -> Void) {
        withLock { body(&$0) }
        unsafe pthread_cond_broadcast(changed)
    }

    /// Calls `body` now and after each change, until it returns `true`, when it may also change the value.
    func wait(until body: (inout Value) -> Bool) {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while !body(&value) { unsafe pthread_cond_wait(changed, lock) }
    }
}
