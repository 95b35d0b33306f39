/// One attack, what was answered, and what that says.
package struct ProbeFinding: Equatable, Sendable {
    package let attack: Attack
    package let answer: ProbeAnswer
    package let verdict: ProbeVerdict
}

/// What came of all attacks on a front door.
package struct ProbeReport: Sendable {
    package let front: Origin
    /// In the order of ``allAttacks(on:)``.
    package let findings: [ProbeFinding]
    /// Whether a refusal carries hfmint's error code, so that it cannot be taken for one of the Hub.
    package let marksRefusals: Bool

    package var through: [ProbeFinding] {
        findings.filter { if case .through = $0.verdict { true } else { false } }
    }

    package var unclear: [ProbeFinding] {
        findings.filter { if case .unclear = $0.verdict { true } else { false } }
    }

    package var heldCount: Int { findings.count - through.count - unclear.count }

    /// The errors of what got through, and then of what is unclear; empty if all were held.
    package var failures: [MintError] {
        let words = "of \(findings.count) requests"
        var failures: [MintError] = []
        if let first = through.first {
            failures.append(
                MintError(
                    .frontOpen, "\(through.count) \(words) got through \(front)", details: through.map(\.line),
                    hint: first.attack.family.remedy))
        }
        if !unclear.isEmpty {
            failures.append(
                MintError(
                    .frontUnclear, "of \(unclear.count) \(words) to \(front) it cannot be told who answered",
                    details: unclear.map(\.line),
                    hint: "look them up in the web server's log: each names hfmint as its user agent"))
        }
        return failures
    }
}

extension ProbeFinding {
    /// The attack, what was sent, and why it is not held, in one line.
    fileprivate var line: String { "\(attack.name): \(attack.sent): \(verdict.reason ?? verdict.word)" }
}
