extension Provider {
    /// Gitea Actions, for a future release with ID tokens, whose pull request is open and uses GitHub's variables.
    ///
    /// Until then no job has an ID token, and hfmint says so.
    /// <https://github.com/go-gitea/gitea/pull/36988>
    package static let giteaActions = Provider(
        name: "gitea-actions",
        title: "Gitea Actions",
        recognisedBy: "GITEA_ACTIONS=true",
        isHere: { $0.says("GITEA_ACTIONS") },
        imitates: ["github-actions"],
        acquisition: { job, audience throws(MintError) in
            let runtime = ActionsRuntime("gitea-actions", job)
            guard
                let acquisition = try runtime.acquisition(
                    audience: audience, refusalHint: "check the job's permission to request an ID token")
            else {
                throw runtime.denied(
                    "this job may not request an ID token",
                    hint: "Gitea has no ID tokens yet; where yours has, grant the job `permissions: id-token: write`."
                        + " Forgejo 15 has them")
            }
            return acquisition
        },
        jobVariables: ActionsRuntime.jobVariables,
        untrustedEvent: { ActionsRuntime("gitea-actions", $0).untrustedEvent($1) },
        masking: .workflowCommand,
        stepFiles: .heredoc(environment: ["GITHUB_ENV"], output: ["GITHUB_OUTPUT"]),
        claims: ActionsRuntime.claims(of: [], also: { _ in [] }),
        publisher: { claims in
            PublisherForm(
                claims: claims,
                rows: [
                    ("repository", "the repository that the job runs in"),
                    ("ref", "only runs on this branch or tag"),
                    ("workflow_ref", "only this workflow file, as of this branch or tag"),
                ],
                tighter: [
                    ("repository_id", "survives a rename; nobody can take it over"),
                    ("repository_owner_id", "the same for the owner"),
                ])
        })
}
