import Glibc
package import HFMintCore

/// ``Workers`` that are threads, which take units from one list.
package struct ThreadPool: Workers {
    private let threadCount: Int

    package init(threadCount: Int = 16) {
        self.threadCount = threadCount
    }

    package func run(_ units: [@Sendable () -> Duration?]) {
        let queue = DueQueue(units)
        let threads = (0..<min(threadCount, units.count)).compactMap { _ in try? startThread { queue.work() } }
        // If no thread could be created, this one does the work.
        if threads.isEmpty { queue.work() }
        for thread in threads { pthread_join(thread, nil) }
    }

    package func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = try? startThread(work) else { return false }
        pthread_detach(thread)
        return true
    }

    package func makeLatch() -> any Latch { ThreadLatch() }
}

private final class ThreadLatch: Latch {
    private let isOpen = Monitor(false)

    func open() { isOpen.change { $0 = true } }

    func wait() { isOpen.wait { $0 } }
}

/// The units that wait for a thread, and the units that are not due yet.
private final class DueQueue: Sendable {
    private struct State {
        var ready: [Int]
        var waiting: [(due: Uptime, unit: Int)] = []
        var unfinished: Int
    }

    private let units: [@Sendable () -> Duration?]
    private let state: Monitor<State>
    private let clock = SystemClock()

    init(_ units: [@Sendable () -> Duration?]) {
        self.units = units
        state = Monitor(State(ready: Array(units.indices.reversed()), unfinished: units.count))
    }

    func work() {
        while true {
            switch next() {
            case .unit(let index):
                put(index, back: units[index]())
            case .wait(let duration): clock.sleep(for: duration)
            case .end: return
            }
        }
    }

    private enum Next { case unit(Int), wait(Duration), end }

    private func next() -> Next {
        let now = clock.uptime()
        return state.withLock { state in
            state.ready += state.waiting.filter { $0.due <= now }.map(\.unit)
            state.waiting.removeAll { $0.due <= now }
            if let unit = state.ready.popLast() { return .unit(unit) }
            guard state.unfinished > 0 else { return .end }
            // Other threads are at work, or the next unit is not due. Look again soon.
            let earliest = state.waiting.map(\.due).min() ?? now + .milliseconds(20)
            return .wait(min(max(earliest - now, .milliseconds(1)), .milliseconds(20)))
        }
    }

    private func put(_ unit: Int, back wait: Duration?) {
        let now = clock.uptime()
        state.withLock { state in
            if let wait {
                if wait == .zero { state.ready.insert(unit, at: 0) } else { state.waiting.append((now + wait, unit)) }
            } else {
                state.unfinished -= 1
            }
        }
    }
}
