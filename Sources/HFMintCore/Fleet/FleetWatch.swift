internal import Synchronization

/// What is under way while a plan is applied, put together from the events of several threads.
package final class FleetWatch: Sendable {
    /// What became of one resource so far.
    package struct Row: Sendable {
        package var event: FleetEvent
        /// The stage that was seen last; nil before the first look.
        package var stage: String?
        /// What was written, in that order.
        package var written: [String] = []

        /// Whether its turn has begun, and has not ended.
        package var isInWork: Bool {
            switch event.step {
            case .writing, .waiting, .restoring: true
            case .planned, .healthy, .failed, .skipped, .interrupted: false
            }
        }

        /// Whether it waits for its turn.
        package var isPlanned: Bool { if case .planned = event.step { true } else { false } }
    }

    private struct State {
        var rows: [Row] = []
        var drawn = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Takes in an event, and has it shown; no two are shown at once.
    ///
    /// - Parameter show: gets what became of the resource, whether that is news, and all rows. It returns how much it
    ///   has drawn, which the next call gets.
    package func take(_ event: FleetEvent, show: (_ row: Row, _ isNews: Bool, _ rows: [Row], _ drawn: Int) -> Int) {
        state.withLock { state in
            let known = state.rows.firstIndex { $0.event.resource.utf8.elementsEqual(event.resource.utf8) }
            let index = known ?? state.rows.count
            if known == nil { state.rows.append(Row(event: event)) }
            let isNews = known == nil || state.rows[index].event.step != event.step
            state.rows[index].event = event
            if case .waiting(let stage) = event.step { state.rows[index].stage = stage }
            if case .writing(let path) = event.step { state.rows[index].written.append(path) }
            state.drawn = show(state.rows[index], isNews, state.rows, state.drawn)
        }
    }

    /// Has something else shown, while no event is.
    ///
    /// - Parameter show: as of ``take(_:show:)``.
    package func interject(show: (_ rows: [Row], _ drawn: Int) -> Int) {
        state.withLock { state in state.drawn = show(state.rows, state.drawn) }
    }
}
