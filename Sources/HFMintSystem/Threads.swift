import Glibc

/// Starts a thread that runs `body`.
func startThread(_ body: @escaping @Sendable () -> Void) throws(Errno) -> pthread_t {
    let work = unsafe Unmanaged.passRetained(ThreadWork(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, nil, runThreadWork, work.toOpaque())
    guard code == 0 else {
        unsafe work.release()
        throw Errno(code: code)
    }
    return thread
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func runThreadWork(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let work = unsafe work { unsafe Unmanaged<ThreadWork>.fromOpaque(work).takeRetainedValue().body() }
    return nil
}
