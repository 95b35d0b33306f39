/// One thing that doctor looks at.
package struct Check: Sendable {
    /// Stable, in kebab-case: scripts match on it.
    package let id: String
    /// What it answers, as a clause, for the documentation and the JSON report.
    package let title: String
    /// Whether it looks at the way to a token alone: where the Hub gave one all the same, nothing here has failed.
    package let isOnTheWay: Bool
    /// Judges what was found; it touches nothing.
    ///
    /// At least one finding.
    package let run: @Sendable (Examination) -> [Finding]

    package init(
        id: String, title: String, isOnTheWay: Bool = false, run: @escaping @Sendable (Examination) -> [Finding]
    ) {
        self.id = id
        self.title = title
        self.isOnTheWay = isOnTheWay
        self.run = run
    }
}

extension Check {
    /// What it finds, as an exchange bears it out.
    func findings(_ examination: Examination) -> [Finding] {
        let findings = run(examination)
        guard isOnTheWay, case .granted = examination.exchange else { return findings }
        return findings.map(\.withoutFailure)
    }
}
