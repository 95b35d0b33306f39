extension Check {
    static let gitLogin = Check(
        id: "git-login", title: "whether a URL in git's configuration logs in to the Hub by itself"
    ) { examination in
        guard let git = examination.git else { return [.skip("there is no git here")] }
        guard git.isReadable else { return [.skip("git does not say how it is configured")] }
        let obstacles = git.loginObstacles
        return obstacles.isEmpty ? [.ok("none, as far as it shows in this directory")] : obstacles.map { Finding($0) }
    }
}
