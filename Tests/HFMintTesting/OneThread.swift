package import HFMintCore

/// Runs one unit after the other, without waiting for any.
package struct OneThread: Workers {
    package init() {}

    package func run(_ units: [@Sendable () -> Duration?]) {
        for unit in units {
            while unit() != nil {}
        }
    }

    package func makeLatch() -> any Latch { NobodysLatch() }
}

/// Where one thread does everything, nobody is left who could open a latch.
private struct NobodysLatch: Latch {
    func open() {}

    func wait() { unscripted("a wait for another thread") }
}
