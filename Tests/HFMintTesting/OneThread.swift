package import HFMintCore

/// Runs one unit after the other, without waiting for any.
package struct OneThread: Workers {
    package init() {}

    package func run(_ units: [@Sendable () -> Duration?]) {
        for unit in units {
            while unit() != nil {}
        }
    }

    package func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        unscripted("a thread of its own")
        return false
    }

    package func makeLatch() -> any Latch { NobodysLatch() }
}

/// Where one thread does everything, nobody is left who could open a latch.
private struct NobodysLatch: Latch {
    func open() {}

    func wait() { unscripted("a wait for another thread") }
}

/// A listener that no test of one thread may need.
struct UnscriptedListener: Listener {
    var hasInheritedSocket: Bool {
        unscripted("a listener")
        return false
    }

    func serve(_ service: any ConnectionService, at place: ListeningPlace) throws(FileFailure) {
        unscripted("a listener")
    }

    func drain() { unscripted("a listener") }
}
