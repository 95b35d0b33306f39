extension GitLabSink {
    /// The answers by which GitLab says that a call may work later.
    ///
    /// <https://docs.gitlab.com/security/rate_limits/>,
    /// <https://docs.gitlab.com/administration/maintenance_mode/#rest-api>
    static let answers: [KnownAnswer] = [
        // "Retry later", without JSON.
        .later(429, saying: "retry later"),
        // Maintenance, a secondary site of Geo, or the move of a database.
        .later(403, saying: "write operations on a read-only instance", seconds: 60),
        // <https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/api.rb>
        .doubt(409, saying: "resource lock"), .doubt(423),
        // Several variables have the key, and no filter chooses one:
        // <https://docs.gitlab.com/api/project_level_variables/>.
        .refused(409, saying: "multiple variables"),
        // "GitLab is not responding" during an upgrade: <https://docs.gitlab.com/update/zero_downtime/>; "read-only"
        // during the move of an organization: <https://gitlab.com/gitlab-org/gitlab/-/merge_requests/241161>.
        .doubt(502), .doubt(503),
    ]
}
