extension Check {
    static let gitHelper = Check(
        id: "git-helper", title: "who answers git when it asks for the Hub's credential"
    ) { examination in
        guard let git = examination.git else { return [.skip("there is no git here")] }
        if let obstacle = git.obstacle, obstacle.isFatal { return [Finding(obstacle)] }
        guard git.isReadable else {
            return [
                .fail(
                    "git cannot read its configuration here, so it can do nothing at all",
                    next: "run `git config --list` here: it names the file and the line")
            ]
        }
        guard let origin = examination.gitOrigins.first else { return [.skip("the endpoint is not usable")] }
        let obstacles = (git.obstacle.map { [$0] } ?? []) + git.helperObstacles([origin])
        guard obstacles.isEmpty else { return obstacles.map { Finding($0) } }
        guard let first = git.helpers(for: origin).first else {
            return [.ok("nobody: a push over https would ask for a password; `hfmint setup-git` changes that")]
        }
        return [.ok("hfmint (\(first.location))")]
    }
}

extension Examination {
    /// The origins that git uses for the endpoint; the Hub has two.
    var gitOrigins: [String] {
        guard let authority else { return [] }
        return authority.endpoint == .huggingFace ? GitHosts(authority).origins : [authority.endpoint.description]
    }
}

extension Finding {
    init(_ obstacle: GitObstacle) {
        self =
            obstacle.isFatal
            ? .fail(obstacle.message, next: obstacle.next) : .warn(obstacle.message, next: obstacle.next)
    }
}
