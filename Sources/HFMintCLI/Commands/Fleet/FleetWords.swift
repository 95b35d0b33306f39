internal import HFMintCore

/// What the manifest and the Hub differ in, as a report, as a comment, and as JSON.
///
/// Every text of a ``Difference`` may come from the Hub, and is escaped here.
struct FleetWords {
    /// What is told, in the order of the plan's waves.
    private let waves: [[(resource: String, found: [Difference])]]
    private let owners: [String: String]
    /// How many resources were compared.
    private let count: Int
    /// How many secrets nobody can prove to be unchanged.
    private let unprovenCount: Int
    private let isPlan: Bool
    private let unlisted: [String]
    /// A clause about what could be removed and is not, or nil.
    private let kept: String?

    /// - Parameters:
    ///   - plan: of these differences.
    ///   - unlisted: what could not be listed whole, a sentence each.
    ///   - isPlan: whether it is told as what would be done, not as what was found.
    init(
        _ differences: [Difference], _ plan: FleetPlan, unlisted: [String] = [], of declared: [any DeclaredResource],
        isPlan: Bool
    ) {
        let prunes = plan.changes.contains { $0.step == .prune }
        let told = Dictionary(
            grouping: differences.filter { $0.isTold(inPlan: isPlan, prunes: prunes) }, by: \.resource)
        let prunable = differences.count { $0.step == .prune }
        kept =
            if prunes || prunable == 0 {
                nil
            } else if plan.pruning == nil {
                "\(prunable) to be removed with --prune alone"
            } else {
                "\(prunable) not removed, as \(plan.isPartial ? "not everything was read" : "that is more than may be")"
            }
        waves = plan.waves.map { wave in wave.compactMap { name in told[name].map { (name, $0) } } }
        owners = Dictionary(declared.compactMap { one in one.owner.map { (one.canonical, $0) } }) { first, _ in first }
        count = declared.count
        unprovenCount = differences.count { $0.verdict == .sameNotProven }
        self.isPlan = isPlan
        self.unlisted = unlisted
    }

    /// Each difference with the number of its wave, from 1.
    private var rows: [(wave: Int, found: Difference)] {
        waves.enumerated().flatMap { index, wave in wave.flatMap { $0.found }.map { (wave: index + 1, found: $0) } }
    }

    private var all: [Difference] { rows.map { $0.found } }

    /// What cannot be read, as lines.
    var unread: [String] {
        unlisted + all.filter { $0.verdict == .unreadable }.map { "\($0.name): \($0.reason)" }
    }

    /// What is not as declared, as lines.
    var drifted: [String] { all.filter { $0.isDrift && $0.verdict != .unreadable }.map { "\($0.name): \($0.words)" } }

    private func words(_ difference: Difference) -> String {
        isPlan ? difference.words + difference.consequences : difference.words
    }

    /// What nothing was found in.
    private var compared: String { unread.isEmpty ? counted(count, "resource") : "what could be read" }

    private var summary: String {
        var clauses: [String]
        if isPlan {
            let changes = all.filter(\.isChange)
            let resources = Set(changes.map(\.resource)).count
            let restarted = Set(changes.filter(\.restarts).map(\.resource)).count
            let (refused, removed) = (all.count(where: \.isRefused), all.count { $0.step == .prune })
            clauses = [
                changes.isEmpty
                    ? "nothing to change in \(compared)"
                    : "\(counted(changes.count, "change")) in \(resources) of \(counted(count, "resource"))"
            ]
            if restarted > 0 { clauses.append(counted(restarted, "restart")) }
            if refused > 0 { clauses.append("\(refused) refused") }
            if removed > 0 { clauses.append("\(removed) to remove") }
            if let kept { clauses.append(kept) }
        } else {
            let drifted = drifted.count
            clauses = [drifted == 0 ? "as declared: \(compared)" : "\(drifted) not as declared"]
        }
        if !unread.isEmpty { clauses.append("\(unread.count) not read") }
        if unprovenCount > 0 { clauses.append("\(counted(unprovenCount, "secret")) not proven") }
        return clauses.joined(separator: ", ")
    }

    var lines: [String] {
        var lines: [String] = []
        for (index, wave) in waves.enumerated() where !wave.isEmpty {
            if isPlan { lines.append("wave \(index + 1)") }
            for (resource, found) in wave {
                lines.append("  \(resource)\(owners[resource].map { " (\($0))" } ?? "")")
                let width = found.map(\.path.utf8.count).max() ?? 0
                lines += found.map { difference in
                    "    \(difference.verb.padded(to: 8))  \(difference.path.padded(to: width))  \(words(difference))"
                }
            }
        }
        return (lines.isEmpty ? [summary] : lines + ["", summary]).map(\.printable)
    }

    /// The lines of a comment.
    var markdown: [String] {
        let head = ["### Fleet: \(summary)"]
        guard !all.isEmpty else { return head }
        let lines = rows.map { wave, found in
            "| \(wave) | \(found.verb) | \(found.resource.asMarkdown)"
                + " | \(found.path.asMarkdown) | \(words(found).asMarkdown) |"
        }
        return head + ["", "| wave | | resource | path | |", "| --- | --- | --- | --- | --- |"] + lines
    }

    /// The members of a report that count and list what differs.
    var json: [JSONValue.Member] {
        let changes = all.filter(\.isChange)
        let added = changes.count { $0.verdict == .missing }
        return [
            .init("has_changes", .bool(!changes.isEmpty)), .init("added", .integer(added)),
            .init("changed", .integer(changes.count - added)),
            .init("removed", .integer(all.count { $0.step == .prune })), .init("not_proven", .integer(unprovenCount)),
            .init("unreadable", .strings(unread)),
            .init(
                "differences", .array(rows.map { $0.found.json(wave: $0.wave, owner: owners[$0.found.resource]) })),
        ]
    }
}

extension Difference {
    /// Whether it is worth a line.
    fileprivate func isTold(inPlan: Bool, prunes: Bool) -> Bool {
        if isDrift || verdict == .unreadable { return true }
        return step == .prune ? inPlan && prunes : inPlan && step != .nothing
    }

    fileprivate var isChange: Bool { step == .write }

    fileprivate var isRefused: Bool { if case .refused = step { true } else { false } }

    /// What a plan does about it, in a word.
    fileprivate var verb: String {
        switch step {
        case .write: verdict == .missing ? "add" : "set"
        case .prune: "remove"
        case .refused: "refused"
        case .nothing: verdict == .unreadable ? "not read" : "differs"
        }
    }

    /// What is there, and what should be, or why.
    fileprivate var words: String {
        // That nobody declares it is why it is removed.
        guard step != .prune else { return reason }
        var words = verdict.rawValue
        switch (before, after) {
        case (let before?, let after?): words += ": '\(before.shortened)' -> '\(after.shortened)'"
        case (nil, let after?): words += ": '\(after.shortened)'"
        case (let before?, nil): words += ": '\(before.shortened)'"
        case (nil, nil): break
        }
        if case .refused(let clause) = step { words += "; \(clause)" }
        if !reason.isEmpty { words += "; \(reason)" }
        return words
    }

    /// What a plan says beside that.
    fileprivate var consequences: String {
        (restarts && (isChange || step == .prune) ? "; restarts" : "") + (irreversible.map { "; \($0)" } ?? "")
    }

    fileprivate func json(wave: Int, owner: String?) -> JSONValue {
        let refusal: String? = if case .refused(let clause) = step { clause } else { nil }
        return [
            "resource": .string(resource), "path": .string(path), "owner": .string(owner), "wave": .integer(wave),
            "verdict": .string(verdict.rawValue), "verb": .string(verb), "before": .string(before),
            "after": .string(after), "reason": .string(reason), "refusal": .string(refusal),
            "restarts": .bool(restarts), "irreversible": .string(irreversible),
        ]
    }
}

extension String {
    /// The text, or its beginning if it is too long for a line.
    fileprivate var shortened: String {
        let limit = 120
        guard utf8.count > limit else { return self }
        return "\(String(unicodeScalars.prefix(limit)))… (\(utf8.count) bytes)"
    }
}
