extension GitHubActionsSink {
    /// The answers by which GitHub says that a call may work later.
    ///
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>: at least a minute, if no header
    /// says how long. Often none does: <https://github.com/hub4j/github-api/issues/2009>.
    static let answers: [KnownAnswer] = [
        .later(403, saying: "secondary rate limit", seconds: 60),
        .later(429, saying: "secondary rate limit", seconds: 60),
        .later(403, saying: "api rate limit exceeded", seconds: 60),
        .later(429, saying: "api rate limit exceeded", seconds: 60),
        // The limit's former name: <https://github.com/octokit/plugin-throttling.js/blob/main/src/index.ts>.
        .later(403, saying: "abuse detection mechanism", seconds: 60),
        // GraphQL says this too: <https://github.com/cli/cli/issues/4801>.
        .later(403, saying: "was submitted too quickly", seconds: 60),
        .later(422, saying: "was submitted too quickly", seconds: 60),
        // GitHub Enterprise Server during an upgrade:
        // <https://docs.github.com/en/enterprise-server/admin/administering-your-instance/configuring-maintenance-mode/enabling-and-scheduling-maintenance-mode>
        .doubt(503), .doubt(502),
    ]
}
