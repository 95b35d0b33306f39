/// One thing that the doctor looks at.
package struct Check: Sendable {
    /// The stable name in kebab-case; scripts match on it.
    package let id: String
    /// The question that the check answers, as a clause, for the documentation and the JSON report.
    package let title: String
    /// Whether the check looks only at what an exchange needs; once the Hub grants a token, its failures are warnings.
    package let isPrerequisite: Bool
    /// Judges an examination, and returns at least one finding.
    ///
    /// It sends no request, starts no program and writes no file.
    package let run: @Sendable (Examination) -> [Finding]

    package init(
        id: String, title: String, isPrerequisite: Bool = false, run: @escaping @Sendable (Examination) -> [Finding]
    ) {
        self.id = id
        self.title = title
        self.isPrerequisite = isPrerequisite
        self.run = run
    }
}

extension Check {
    /// Runs the check; lowers failures to warnings where an exchange has disproved them.
    func findings(_ examination: Examination) -> [Finding] {
        let findings = run(examination)
        guard isPrerequisite, case .granted = examination.exchange else { return findings }
        return findings.map(\.loweredToWarning)
    }
}
