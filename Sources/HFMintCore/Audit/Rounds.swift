internal import Synchronization

/// Work that many threads ask for, and one thread does for all of them.
///
/// There is one round at a time. A thread that asks during a round takes part in the next one. The first of those
/// threads does the work of that round when the round before is over.
final class Rounds<Item: Sendable, Value: Sendable>: Sendable {
    private typealias Round = SharedWork<Value>

    private struct State {
        var underWay: Round?
        /// The next round, and its items so far.
        var next: (round: Round, items: [Item])?
    }

    private enum Part: Sendable {
        case work(Round)
        case workAfter(Round, Round)
        case wait(Round)
    }

    private let state = Mutex(State())

    /// Takes part in a round, and returns the result of its work, which all threads of the round get.
    ///
    /// - Parameter work: gets the items of the whole round in their order. It is called without a lock, and never by
    ///   two threads at once.
    func take(_ item: Item, waitingWith workers: any Workers, _ work: ([Item]) -> Value) -> Value {
        switch enter(item) {
        case .work(let round): return perform(round, [item], work)
        case .workAfter(let round, let other):
            _ = other.value(waitingWith: workers)
            return perform(round, begin(round), work)
        case .wait(let round): return round.value(waitingWith: workers)
        }
    }

    private func enter(_ item: Item) -> Part {
        state.withLock { state in
            if let round = state.next?.round {
                state.next?.items.append(item)
                return .wait(round)
            }
            let round = Round()
            guard let underWay = state.underWay else {
                state.underWay = round
                return .work(round)
            }
            state.next = (round, [item])
            return .workAfter(round, underWay)
        }
    }

    /// Begins a round and returns its items; threads that ask from now on take part in the round after it.
    private func begin(_ round: Round) -> [Item] {
        state.withLock { state in
            let items = state.next?.items ?? []
            state.underWay = round
            state.next = nil
            return items
        }
    }

    private func perform(_ round: Round, _ items: [Item], _ work: ([Item]) -> Value) -> Value {
        let value = work(items)
        // If there is a next round, its first thread begins it.
        state.withLock { if $0.next == nil { $0.underWay = nil } }
        round.finish(value)
        return value
    }
}
