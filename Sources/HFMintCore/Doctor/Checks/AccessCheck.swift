extension Check {
    static let access = Check(id: "access", title: "what the Hub's token can do") { examination in
        guard case .granted(_, _, _, let read, let write) = examination.exchange, let resource = examination.resource
        else { return [.skip("there is no token to try")] }
        let name = resource.canonical
        let facts = [
            Finding.Fact("read_status", read.map { "\($0)" }), Finding.Fact("write_status", write.map { "\($0)" }),
        ]
        switch (read.map(isGood), write.map(isGood)) {
        case (nil, nil): return [.skip("the Hub has no route that says what a token for \(name) can do")]
        case (_, true?): return [.ok("read and write: the Hub gives this job write access to \(name)", facts: facts)]
        case (true?, _) where resource.kind == .user:
            return [.ok("what '\(name)' allows its jobs: gated repositories, the account's rate limits", facts: facts)]
        case (true?, _): return [.ok("read only: this job may read \(name), and not write it", facts: facts)]
        default:
            let statuses = [read, write].compactMap(\.self)
            guard !statuses.contains(0) else {
                return [.warn("the Hub did not answer in time", next: "try again, with a longer --deadline")]
            }
            let answers = statuses.map { "\($0)" }.joined(separator: " and ")
            return [
                .warn(
                    "the Hub gave a token for \(name), and refuses it there (\(answers))",
                    next:
                        "check that '\(name)' exists and is a \(resource.noun): datasets/, spaces/, kernels/ go in front",
                    facts: facts)
            ]
        }
    }

    private static func isGood(_ status: Int) -> Bool { (200...299).contains(status) }
}
