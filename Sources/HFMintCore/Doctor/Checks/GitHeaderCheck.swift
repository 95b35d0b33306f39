extension Check {
    static let gitHeader = Check.ofGit(
        id: "git-header", title: "whether git sends the Hub a header that wins over a credential"
    ) { git, examination in
        (
            git.headerObstacles(examination.gitOrigins, for: examination.resource),
            git.headers.isEmpty ? "none is set" : "none for the Hub's hosts"
        )
    }

    /// Makes a check of git's settings, which is skipped if they cannot be read.
    ///
    /// - Parameter judge: returns what keeps git from using hfmint, and what to report if nothing does.
    static func ofGit(
        id: String, title: String,
        judge: @escaping @Sendable (GitFindings, Examination) -> (obstacles: [GitObstacle], otherwise: String)
    ) -> Check {
        Check(id: id, title: title) { examination in
            guard let git = examination.git else { return [.skip("there is no git here")] }
            guard git.isReadable else { return [.skip("git does not say how it is configured")] }
            let (obstacles, otherwise) = judge(git, examination)
            return obstacles.isEmpty ? [.ok(otherwise)] : obstacles.map { Finding($0) }
        }
    }
}
