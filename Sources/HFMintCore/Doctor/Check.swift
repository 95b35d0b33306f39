/// One thing that the doctor looks at.
package struct Check: Sendable {
    /// The stable name in kebab-case; scripts match on it.
    package let id: String
    /// The question that the check answers, as a clause, for the documentation and the JSON report.
    package let title: String
    /// Whether the failures of this check become warnings once the Hub has granted a token.
    var isPrerequisite = false
    /// Judges an examination, and returns at least one finding.
    ///
    /// It sends no request, starts no program and writes no file.
    package let run: @Sendable (Examination) -> [Finding]
}

extension Check {
    /// Makes a check that has one finding.
    static func single(
        id: String, title: String, isPrerequisite: Bool = false, run: @escaping @Sendable (Examination) -> Finding
    ) -> Check {
        Check(id: id, title: title, isPrerequisite: isPrerequisite) { [run($0)] }
    }

    /// Makes a check of the ID token's claims that has one finding; it is skipped if there is no ID token.
    static func ofClaims(
        id: String, title: String, isPrerequisite: Bool = false,
        run: @escaping @Sendable (Claims, Examination) -> Finding
    ) -> Check {
        single(id: id, title: title, isPrerequisite: isPrerequisite) { examination in
            examination.knownClaims.map { run($0, examination) } ?? .skip("there is no ID token to look at")
        }
    }

    func findings(_ examination: Examination) -> [Finding] {
        let findings = run(examination)
        guard isPrerequisite, case .granted = examination.exchange else { return findings }
        return findings.map(\.loweredToWarning)
    }
}
