extension Provider {
    /// Gitea Actions, for a future release with ID tokens, whose pull request is open and uses GitHub's variables.
    ///
    /// Until then no job has an ID token, and hfmint says so.
    /// <https://github.com/go-gitea/gitea/pull/36988>
    package static let giteaActions = Provider(
        name: "gitea-actions", title: "Gitea Actions", recognisedBy: "GITEA_ACTIONS=true",
        isHere: { $0.isTrue("GITEA_ACTIONS") },
        imitates: ["github-actions"],
        acquisition: { job, audience throws(MintError) in
            let runtime = ActionsRuntime(provider: "gitea-actions", job: job)
            return try runtime.acquisition(
                audience: audience, refusalHint: "check the job's permission to request an ID token"
            ) {
                runtime.denied(
                    "this job may not request an ID token",
                    hint: "Gitea has no ID tokens yet; where yours has, grant the job `permissions: id-token: write`."
                        + " Forgejo 15 has them")
            }
        },
        jobVariables: ActionsRuntime.jobVariables,
        untrustedEvent: { ActionsRuntime(provider: "gitea-actions", job: $0).untrustedEvent($1) },
        masking: .workflowCommand,
        stepFiles: .heredoc(environment: ["GITHUB_ENV"], output: ["GITHUB_OUTPUT"]),
        claims: ActionsRuntime.claims(of: []),
        publisher: PublisherForm.pinning(
            ActionsRuntime.pins,
            tighter: [
                "repository_id": "survives a rename; nobody can take it over",
                "repository_owner_id": "the same for the owner",
            ]))
}
