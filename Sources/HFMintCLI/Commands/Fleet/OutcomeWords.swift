internal import HFMintCore

/// What became of a plan, as a report, as a comment, and as JSON.
struct OutcomeWords {
    private let outcome: FleetOutcome

    init(_ outcome: FleetOutcome) {
        self.outcome = outcome
    }

    var lines: [String] {
        columns(
            outcome.turns.map { turn in
                ("\(turn.result.word.padded(to: 10))  \(turn.resource)".printable, turn.words.printable)
            })
    }

    /// The lines of a comment.
    var markdown: [String] {
        let done = outcome.turns.count { $0.result == .applied }
        let rows = outcome.turns.map { turn in
            "| \(turn.wave) | \(turn.result.word) | \(turn.resource.asMarkdown) | \(turn.words.asMarkdown) |"
        }
        return [
            "### Fleet: \(done) of \(counted(outcome.turns.count, "resource")) applied", "",
            "| wave | | resource | |", "| --- | --- | --- | --- |",
        ] + rows
    }

    var json: [JSONValue.Member] {
        [
            .init("left", .strings(outcome.left)),
            .init(
                "turns",
                .array(
                    outcome.turns.map { turn in
                        [
                            "resource": .string(turn.resource), "wave": .integer(turn.wave),
                            "result": .string(turn.result.word), "reason": .string(turn.result.reason),
                            "written": .strings(turn.written), "left": .strings(turn.left),
                            "restored": .strings(turn.restored), "not_restored": .strings(turn.notRestored),
                        ]
                    })),
        ]
    }
}

extension FleetOutcome.Result {
    fileprivate var word: String {
        switch self {
        case .waiting: "waiting"
        case .applied: "done"
        case .skipped: "left alone"
        case .failed: "failed"
        case .interrupted: "stopped"
        }
    }

    fileprivate var reason: String? {
        switch self {
        case .skipped(let reason), .failed(let reason): reason
        case .waiting, .applied, .interrupted: nil
        }
    }
}

extension FleetOutcome.Turn {
    /// What was done and what was not, after the result's word.
    fileprivate var words: String {
        let lists = [
            ("written", written), ("left", left), ("put back", restored), ("cannot be put back", notRestored),
        ]
        let clauses = lists.filter { !$0.1.isEmpty }.map { "\($0.0): \(listed($0.1))" }
        return ([result.reason].compactMap(\.self) + clauses).joined(separator: "; ")
    }
}
