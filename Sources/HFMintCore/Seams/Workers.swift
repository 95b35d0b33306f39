/// A small pool of threads that runs whole units of work side by side.
package protocol Workers: Sendable {
    /// Calls each unit again and again until it returns nil, and returns when all have.
    ///
    /// A unit returns how long to wait before its next call, and no thread sleeps meanwhile. No two threads call the
    /// same unit at once.
    func run(_ units: [@Sendable () -> Duration?])

    /// Starts a thread that calls `work` once; the process does not wait for it at its end.
    ///
    /// - Returns: false if no thread could be made.
    @discardableResult
    func start(_ work: @escaping @Sendable () -> Void) -> Bool

    /// Makes a latch with which threads wait for one another.
    func makeLatch() -> any Latch
}
