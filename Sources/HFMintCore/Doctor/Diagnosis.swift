/// The findings of every check, and a suggestion of what to enter at the Hub.
package struct Diagnosis: Sendable {
    package let results: [Result]
    package let suggestion: PublisherSuggestion?
    private let examination: Examination
    /// Whether the user asked for the suggestion; without that, it only explains a refusal.
    private let suggests: Bool

    package struct Result: Sendable {
        package let check: Check
        package let findings: [Finding]

        /// The status of the worst finding.
        package var status: Finding.Status {
            Finding.Status.allCases.last { status in findings.contains { $0.status == status } } ?? .skip
        }
    }

    /// Runs the checks.
    ///
    /// - Parameter suggests: whether to make a suggestion even if the Hub refused nothing.
    package init(_ examination: Examination, checks: [Check] = allChecks, suggests: Bool) {
        self.examination = examination
        self.suggests = suggests
        results = checks.map { Result(check: $0, findings: $0.findings(examination)) }
        suggestion =
            suggests || examination.isRefused
            ? PublisherSuggestion(
                provider: examination.provider, claims: examination.knownClaims, resource: examination.resource,
                endpoint: examination.endpoint ?? .huggingFace) : nil
    }

    package func count(_ status: Finding.Status) -> Int { findings.count { $0.status == status } }

    private var findings: [Finding] { results.flatMap(\.findings) }

    package var failure: MintError? {
        let failed = results.filter { $0.status == .fail }.map(\.check.id)
        guard !failed.isEmpty else { return nil }
        return MintError(
            .checksFailed, "doctor found what does not work: \(failed.joined(separator: ", "))",
            hint: "fix the first of them, then run doctor again")
    }
}

extension Diagnosis {
    /// Renders the report for people: each finding on a line, with its details and the next thing to do below it.
    ///
    /// - Parameter onlyProblems: whether to leave out what is well or skipped.
    package func lines(onlyProblems: Bool = false) -> [String] {
        let width = results.map(\.check.id.utf8.count).max() ?? 0
        let rows = results.flatMap { result in
            result.findings.filter { !onlyProblems || $0.status == .warn || $0.status == .fail }
                .flatMap { lines(for: $0, of: result.check.id, width: width) }
        }
        guard !onlyProblems else { return rows + (suggests ? suggestionLines : []) }
        let counts = [Finding.Status.ok, .warn, .fail, .skip].map { "\(count($0)) \($0.rawValue)" }
        return rows + ["", counts.joined(separator: ", ")] + (suggestionLines.isEmpty ? [] : [""] + suggestionLines)
    }

    private var suggestionLines: [String] {
        guard let suggestion else {
            return suggests ? ["no suggestion: run this in a CI job, which has claims to pin"] : []
        }
        return (suggests ? suggestion.lines : suggestion.formLines).map(\.printable)
    }

    private func lines(for finding: Finding, of id: String, width: Int) -> [String] {
        let status = "[\(finding.status.rawValue)]".padded(to: 6)
        let indent = String(repeating: " ", count: 9 + width)
        return ["\(status) \(id.padded(to: width))  \(finding.message.printable)"]
            + finding.details.map { indent + $0.printable }
            + (finding.next.map { ["\(indent)next: \($0.printable)"] } ?? [])
    }

    /// The report for programs; its schema is `docs/doctor.schema.json`.
    package var json: JSONValue {
        [
            "version": .string(hfmintVersion),
            "status": .string(Finding.Status.allCases.last { count($0) > 0 }?.rawValue),
            "provider": .string(examination.provider?.name),
            "endpoint": .string(examination.endpoint?.description),
            "audience": .string(examination.authority?.audience),
            "resource": .string(examination.resource?.canonical),
            "checks": .array(results.map(\.json)),
            "suggestion": suggestion?.json ?? .null,
        ]
    }
}

extension Diagnosis.Result {
    fileprivate var json: JSONValue {
        [
            "id": .string(check.id),
            "title": .string(check.title),
            "status": .string(status.rawValue),
            "findings": .array(findings.map(\.json)),
        ]
    }
}

extension Finding {
    fileprivate var json: JSONValue {
        [
            "status": .string(status.rawValue),
            "message": .string(message),
            "next": .string(next),
            "details": .strings(details),
            "facts": .object(facts.map { JSONValue.Member($0.name, .string($0.value)) }),
        ]
    }
}

extension Examination {
    /// Whether the Hub refused the exchange; it never says why.
    package var isRefused: Bool {
        guard case .failed(let error) = exchange else { return false }
        return !error.publisher.isEmpty
    }
}
