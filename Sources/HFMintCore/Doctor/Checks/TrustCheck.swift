extension Check {
    static let trust = Check.single(
        id: "trust", title: "whether the Trusted Publisher trusts more than this job"
    ) { examination in
        let pinned = examination.question.expectations.map(\.claim)
        let narrow = pinned.filter { claim in !WideClaims.contains(claim) }
        guard narrow.isEmpty else { return .ok("pinned to \(narrow.joined(separator: ", "))") }
        guard pinned.isEmpty else {
            return .warn(
                "\(pinned.joined(separator: " and ")) alone: every workflow on every branch of it gets the token",
                next: tighter(examination))
        }
        guard case .granted = examination.exchange else { return .skip("say what the publisher pins with --expect") }
        return .warn(
            "the Hub trusts this job, and does not say how many others: what its publisher pins cannot be seen from here",
            next: "if it pins no more than the repository: \(tighter(examination)); else name what it pins with"
                + " --expect")
    }

    private static func tighter(_ examination: Examination) -> String {
        let form = examination.knownClaims.flatMap { examination.provider?.publisher($0) }
        let rows = (form?.rows ?? []).filter { row in !WideClaims.contains(row.claim) }
        let list = rows.map { "\($0.claim)=\($0.value)" }.joined(separator: ", ")
        return list.isEmpty ? "have the publisher pin the branch and the workflow too" : "have it pin also \(list)"
    }
}
