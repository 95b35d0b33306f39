/// A small pool of threads that runs whole units of work side by side.
package protocol Workers: Sendable {
    /// Calls each unit again and again, never twice at once, until it answers `nil`; what it answers otherwise is how
    /// long to leave it alone. No thread sleeps for a unit that waits. Returns when all have answered `nil`.
    func run(_ units: [@Sendable () -> Duration?])

    /// Makes what threads wait with for one another.
    func makeLatch() -> any Latch
}
