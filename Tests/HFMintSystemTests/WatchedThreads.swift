import Foundation
import HFMintCore
import HFMintSystem

/// Threads of which a test knows how many wait for another one: so it goes on when all have come, and no sooner.
final class WatchedThreads: Workers, @unchecked Sendable {
    // `@unchecked`: `waiting` is only touched under `condition`.
    private let pool = ThreadPool(threadCount: 64)
    private let condition = NSCondition()
    private var waiting = 0

    func run(_ units: [@Sendable () -> Duration?]) { pool.run(units) }

    /// Runs `body` in as many threads at once.
    func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var units: [@Sendable () -> Duration?] = []
        for number in 0..<count {
            units.append {
                body(number)
                return nil
            }
        }
        run(units)
    }

    func start(_ work: @escaping @Sendable () -> Void) -> Bool { pool.start(work) }

    func makeLatch() -> any Latch { WatchedLatch(latch: pool.makeLatch(), threads: self) }

    /// Returns when so many threads wait.
    func untilWaiting(_ count: Int) {
        condition.lock()
        while waiting < count { condition.wait() }
        condition.unlock()
    }

    fileprivate func count(_ change: Int) {
        condition.lock()
        waiting += change
        condition.broadcast()
        condition.unlock()
    }
}

private struct WatchedLatch: Latch {
    let latch: any Latch
    let threads: WatchedThreads

    func open() { latch.open() }

    func wait() {
        threads.count(1)
        latch.wait()
        threads.count(-1)
    }
}
