internal import Synchronization

/// Work that many threads ask for, and one thread does for all of them.
///
/// One batch is worked on at a time. A thread that asks meanwhile adds its item to the next batch. The first thread of
/// that batch does its work once the batch before is done.
final class BatchedWork<Item: Sendable, Value: Sendable>: Sendable {
    private typealias Batch = SharedWork<Value>

    private struct State {
        var underWay: Batch?
        /// The next batch, and its items so far.
        var next: (batch: Batch, items: [Item])?
    }

    /// What a thread does for its item.
    private enum Part: Sendable {
        case work(Batch)
        case workAfter(Batch, Batch)
        case wait(Batch)
    }

    private let state = Mutex(State())

    /// Adds an item to a batch, and returns the result of the work on the whole batch.
    ///
    /// - Parameter work: gets the items of the batch in their order. It is called without a lock, and never by two
    ///   threads at once.
    func take(_ item: Item, waitingWith workers: any Workers, _ work: ([Item]) -> Value) -> Value {
        switch enter(item) {
        case .work(let batch): return perform(batch, [item], work)
        case .workAfter(let batch, let other):
            _ = other.value(waitingWith: workers)
            return perform(batch, begin(batch), work)
        case .wait(let batch): return batch.value(waitingWith: workers)
        }
    }

    private func enter(_ item: Item) -> Part {
        state.withLock { state in
            if let batch = state.next?.batch {
                state.next?.items.append(item)
                return .wait(batch)
            }
            let batch = Batch()
            guard let underWay = state.underWay else {
                state.underWay = batch
                return .work(batch)
            }
            state.next = (batch, [item])
            return .workAfter(batch, underWay)
        }
    }

    /// Begins a batch and returns its items; what threads ask for from now on is in the batch after it.
    private func begin(_ batch: Batch) -> [Item] {
        state.withLock { state in
            let items = state.next?.items ?? []
            state.underWay = batch
            state.next = nil
            return items
        }
    }

    private func perform(_ batch: Batch, _ items: [Item], _ work: ([Item]) -> Value) -> Value {
        let value = work(items)
        // If there is a next batch, its first thread begins it.
        state.withLock { if $0.next == nil { $0.underWay = nil } }
        batch.finish(value)
        return value
    }
}
