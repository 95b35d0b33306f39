/// What was done of a plan, and what is left of it.
package struct FleetOutcome: Sendable {
    /// In the order of the plan.
    package let turns: [Turn]
    /// Why not everything was done; nil if it was, or what is left was only skipped.
    package let failure: MintError?

    /// What was done to one Space or endpoint.
    package struct Turn: Equatable, Sendable {
        package let resource: String
        /// The place of its wave in the plan, from 1.
        package let wave: Int
        /// The last step of its turn; nil if the turn did not come.
        package internal(set) var end: FleetEvent.Step?
        /// The paths that were written, in order: `secrets.KEY`.
        package internal(set) var written: [String] = []
        /// The planned paths that were not written.
        package internal(set) var left: [String]
        /// The paths that got their earlier value back.
        package internal(set) var restored: [String] = []
        /// The paths that were written, and that nothing gives their earlier value back.
        package internal(set) var notRestored: [String] = []

        var hasFailed: Bool { if case .failed? = end { true } else { false } }
        var isLeftAlone: Bool { if case .skipped? = end { true } else { false } }
        /// Whether it came to its own end, which no interruption was before.
        var hasEnded: Bool { end != nil && end != .interrupted }
    }

    /// What is left of the plan, as `spaces/acme/chat secrets.KEY`.
    package var left: [String] { turns.flatMap { turn in turn.left.map { "\(turn.resource) \($0)" } } }
}

extension FleetOutcome {
    /// Why work on a plan ended before the plan did.
    enum Stop: Sendable {
        /// The audit log or the record cannot be written.
        case unwritten(FileFailure)
        case interrupted
        case windowClosed(until: Timestamp)
    }

    /// - Parameter stop: why later turns were not taken; nil if only a failure in a wave is the reason.
    init(_ turns: [Turn], _ stop: Stop?) {
        self.turns = turns
        let failed = turns.compactMap { turn -> String? in
            if case .failed(let reason)? = turn.end { "\(turn.resource): \(reason)" } else { nil }
        }
        let left = turns.reduce(0) { $0 + $1.left.count }
        let rest = "\(left) \(left == 1 ? "change is" : "changes are") left"
        switch stop {
        case .unwritten(let file):
            failure = MintError(
                file.isUnrecorded ? .auditUnavailable : .stateUnusable,
                "the fleet was left where it was, as '\(file.path)' cannot be written: \(file.reason); \(rest)",
                details: failed, hint: "mend it; the next plan shows what is left")
        case nil where failed.isEmpty: failure = nil
        case nil:
            failure = MintError(
                .waveFailed, "\(failed[0]); \(rest)", details: Array(failed.dropFirst()),
                hint: "later waves were not touched; mend it, and the next plan shows what is left")
        case .interrupted:
            failure = MintError(
                .waveFailed,
                "it was interrupted \(left == 0 ? "before all was seen healthy" : "between two writes"); \(rest)",
                details: failed,
                hint: "the next plan shows what is left")
        case .windowClosed(let moment):
            failure = MintError(
                .serviceUnavailable, "the window has closed; \(rest)", details: failed,
                hint: "it opens again at \(moment.rfc3339)")
        }
    }
}
