extension Check {
    static let gitLogin = Check.ofGit(
        id: "git-login", title: "whether a URL in git's configuration logs in to the Hub by itself"
    ) { git, _ in (git.loginObstacles, "none, as far as it shows in this directory") }
}
