internal import Synchronization

/// Work that many threads ask for, and one of them does for all who ask meanwhile.
///
/// Whoever asks while a round is under way takes part in the next one. The first of those does its work, in its own
/// thread, once the round before is over; so there is one round at a time, and who asks alone waits for nobody.
final class Rounds<Item: Sendable, Outcome: Sendable>: Sendable {
    private typealias Round = SharedWork<Outcome>

    private struct State {
        var underWay: Round?
        /// The round after that, and what was asked of it so far.
        var next: (round: Round, items: [Item])?
    }

    private enum Part: Sendable {
        case work(Round)
        case workAfter(Round, Round)
        case wait(Round)
    }

    private let state = Mutex(State())

    /// Takes part in a round.
    ///
    /// - Parameter work: gets the items of everybody who takes part, in the order in which they came; called with no
    ///   lock held, and never twice at once.
    /// - Returns: what the round's work came to, the same for everybody who took part.
    func take(_ item: Item, waitingWith workers: any Workers, _ work: ([Item]) -> Outcome) -> Outcome {
        switch enter(item) {
        case .work(let round): return perform(round, [item], work)
        case .workAfter(let round, let other):
            _ = other.outcome(waitingWith: workers)
            return perform(round, begin(round), work)
        case .wait(let round): return round.outcome(waitingWith: workers)
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

    /// From here on, who comes belongs to the round after this one.
    private func begin(_ round: Round) -> [Item] {
        state.withLock { state in
            let items = state.next?.items ?? []
            state.underWay = round
            state.next = nil
            return items
        }
    }

    private func perform(_ round: Round, _ items: [Item], _ work: ([Item]) -> Outcome) -> Outcome {
        let outcome = work(items)
        // With a next round, its first thread is about to begin it.
        state.withLock { if $0.next == nil { $0.underWay = nil } }
        round.finish(outcome)
        return outcome
    }
}
