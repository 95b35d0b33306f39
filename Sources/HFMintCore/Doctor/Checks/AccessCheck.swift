extension Check {
    static let access = Check.single(id: "access", title: "what the Hub's token can do") { examination in
        guard let token = examination.triedToken, let resource = examination.resource else {
            return .skip("there is no token to try")
        }
        let (read, write) = (token.read, token.write)
        let name = resource.canonical
        let facts = [
            Finding.Fact("read_status", "\(read.status)"), Finding.Fact("write_status", write.map { "\($0.status)" }),
        ]
        if write?.isTaken == true {
            return .ok("read and write: the Hub gives this job write access to \(name)", facts: facts)
        }
        if read.isTaken, resource.kind == .user {
            return .ok("what '\(name)' allows its jobs: gated repositories, the account's rate limits", facts: facts)
        }
        if read.isTaken, write?.isRefused == true {
            return .ok("read only: this job may read \(name), and not write it", facts: facts)
        }
        let statuses = [read, write].compactMap { $0?.status }
        guard !statuses.contains(0) else {
            return .warn("the Hub did not answer in time", next: "try again, with a longer --deadline")
        }
        let answers = statuses.map { "\($0)" }.joined(separator: " and ")
        guard !read.isRefused else {
            return .warn(
                "the Hub gave a token for \(name), and refuses it there (\(answers))",
                next: "check that '\(name)' exists and is a \(resource.noun): datasets/, spaces/, kernels/ go in front",
                facts: facts)
        }
        guard read.isDocumented else {
            return .skip("the Hub documents no route that says what a token for \(name) can do (\(answers))")
        }
        return .warn(
            "the Hub does not say what its token for \(name) can do (\(answers))",
            next: "try again; behind a proxy, see whether it answers in the Hub's place", facts: facts)
    }
}
