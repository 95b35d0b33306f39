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
                ("\(turn.word.padded(to: 10))  \(turn.resource)".printable, turn.words.printable)
            })
    }

    /// The lines of a comment.
    var markdown: [String] {
        let done = outcome.turns.count { $0.end == .healthy }
        let rows = outcome.turns.map { turn in
            "| \(turn.wave) | \(turn.word) | \(turn.resource.asMarkdown) | \(turn.words.asMarkdown) |"
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
                            "result": .string(turn.word), "reason": .string(turn.end?.detail),
                            "written": .strings(turn.written), "left": .strings(turn.left),
                            "restored": .strings(turn.restored), "not_restored": .strings(turn.notRestored),
                        ]
                    })),
        ]
    }
}

extension FleetOutcome.Turn {
    fileprivate var word: String {
        switch end {
        case .healthy?: "done"
        case .skipped?: "left alone"
        case .failed?: "failed"
        case .interrupted?: "stopped"
        default: "waiting"
        }
    }

    /// What was done and what was not, after the result's word.
    fileprivate var words: String {
        let lists = [
            ("written", written), ("left", left), ("put back", restored), ("cannot be put back", notRestored),
        ]
        let clauses = lists.filter { !$0.1.isEmpty }.map { "\($0.0): \(listed($0.1))" }
        return ([end?.detail].compactMap(\.self) + clauses).joined(separator: "; ")
    }
}
