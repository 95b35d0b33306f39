/// One thing that doctor looks at.
package struct Check: Sendable {
    /// Stable, in kebab-case: scripts match on it.
    package let id: String
    /// What it answers, as a clause, for the documentation and the JSON report.
    package let title: String
    /// Judges what was found; it touches nothing.
    ///
    /// At least one finding.
    package let run: @Sendable (Examination) -> [Finding]

    package init(id: String, title: String, run: @escaping @Sendable (Examination) -> [Finding]) {
        self.id = id
        self.title = title
        self.run = run
    }
}
