internal import Synchronization

/// A queue at which threads wait for work.
final class WorkQueue<Item: Sendable>: Sendable {
    private struct State {
        /// The oldest comes last.
        var items: [Item] = []
        var sleepers: [any Latch] = []
        var isClosed = false
    }

    private enum Step: Sendable {
        case take(Item)
        case wait(any Latch)
        case end
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many items wait for a thread.
    var count: Int { state.withLock { $0.items.count } }

    /// Adds an item, or returns false if the queue is full or closed.
    func add(_ item: Item) -> Bool {
        let (isAdded, sleeper) = state.withLock { state -> (Bool, (any Latch)?) in
            guard !state.isClosed, state.items.count < capacity else { return (false, nil) }
            state.items.insert(item, at: 0)
            return (true, state.sleepers.popLast())
        }
        sleeper?.open()
        return isAdded
    }

    /// Waits for the oldest item, and returns it; nil when the queue is closed and empty.
    func next(waitingWith workers: any Workers) -> Item? {
        while true {
            let step = state.withLock { state -> Step in
                if let item = state.items.popLast() { return .take(item) }
                guard !state.isClosed else { return .end }
                let latch = workers.makeLatch()
                state.sleepers.append(latch)
                return .wait(latch)
            }
            switch step {
            case .take(let item): return item
            case .wait(let latch): latch.wait()
            case .end: return nil
            }
        }
    }

    /// Takes no more items; those that are in it are still handed out.
    func close() {
        let sleepers = state.withLock { state in
            state.isClosed = true
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.open() }
    }
}
