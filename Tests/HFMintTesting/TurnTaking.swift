package import HFMintCore
import Synchronization

/// Where one thread plays all: whenever it waits at a latch, the next turn of the others is done in its place.
package final class TurnTaking: Workers {
    private let turns: Mutex<ArraySlice<@Sendable () -> Void>>

    package init(_ turns: [@Sendable () -> Void]) {
        self.turns = Mutex(turns[...])
    }

    /// How many turns nobody waited for.
    package var left: Int { turns.withLock { $0.count } }

    package func run(_ units: [@Sendable () -> Duration?]) { OneThread().run(units) }

    package func start(_ work: @escaping @Sendable () -> Void) -> Bool { OneThread().start(work) }

    package func makeLatch() -> any Latch { TurnLatch(turns: self) }

    fileprivate func takeTurn() -> Bool {
        guard let turn = turns.withLock({ $0.popFirst() }) else { return false }
        turn()
        return true
    }
}

private final class TurnLatch: Latch {
    private let turns: TurnTaking
    private let isOpen = Mutex(false)

    init(turns: TurnTaking) {
        self.turns = turns
    }

    func open() { isOpen.withLock { $0 = true } }

    func wait() {
        while !isOpen.withLock({ $0 }) {
            guard turns.takeTurn() else { return unscripted("a wait that nobody ends") }
        }
    }
}
