extension Check {
    static let gitHeader = Check(
        id: "git-header", title: "whether git sends the Hub a header that wins over a credential"
    ) { examination in
        guard let git = examination.git else { return [.skip("there is no git here")] }
        guard git.isReadable else { return [.skip("git does not say how it is configured")] }
        let obstacles = git.headerObstacles(examination.gitOrigins, for: examination.resource)
        guard obstacles.isEmpty else { return obstacles.map { Finding($0) } }
        return [.ok(git.headers.isEmpty ? "none is set" : "none for the Hub's hosts")]
    }
}
