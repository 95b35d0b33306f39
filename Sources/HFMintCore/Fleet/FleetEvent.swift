/// Something that happens while a plan is applied: for a live table, a log, or lines of JSON.
package struct FleetEvent: Equatable, Sendable {
    /// As a plan calls it: `spaces/acme/chat`.
    package let resource: String
    package let step: Step
    /// Whole seconds since the resource's turn began; 0 before it.
    package let seconds: Int

    package enum Step: Equatable, Sendable {
        /// It waits for its turn.
        ///
        /// - Parameter wave: the place of its wave in the plan, from 1.
        case planned(wave: Int, changes: Int)
        /// - Parameter path: what is written: `secrets.KEY`.
        case writing(path: String)
        /// - Parameter stage: the Hub's word, of an open set.
        case waiting(stage: String)
        /// - Parameter path: what gets its earlier value back.
        case restoring(path: String)
        /// All was written, and it is healthy.
        case healthy
        /// A write failed, or it did not become healthy.
        ///
        /// - Parameter reason: a clause without anything secret.
        case failed(_ reason: String)
        /// Nothing of it is written, for a reason that is no fault.
        case skipped(_ reason: String)
        /// Its turn ended before its end, as the user wanted an end.
        case interrupted

        /// The word for logs and JSON.
        package var name: String {
            switch self {
            case .planned: "planned"
            case .writing: "writing"
            case .waiting: "waiting"
            case .restoring: "restoring"
            case .healthy: "healthy"
            case .failed: "failed"
            case .skipped: "skipped"
            case .interrupted: "interrupted"
            }
        }

        /// What the step is about, or why it was taken; nil if its name says all.
        package var detail: String? {
            switch self {
            case .planned(_, let changes): "\(changes)"
            case .writing(let path), .restoring(let path): path
            case .waiting(let stage): stage
            case .failed(let reason), .skipped(let reason): reason
            case .healthy, .interrupted: nil
            }
        }
    }

    package init(_ resource: String, _ step: Step, seconds: Int = 0) {
        self.resource = resource
        self.step = step
        self.seconds = seconds
    }
}
