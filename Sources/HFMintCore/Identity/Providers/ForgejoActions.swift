extension Provider {
    /// Forgejo Actions: GitHub's token endpoint, with a permission of its own name.
    ///
    /// It needs Forgejo 15 and a runner newer than 12.5. Runners since 7.0 set `FORGEJO_ACTIONS=true` beside
    /// `GITEA_ACTIONS` and `GITHUB_ACTIONS`; hfmint also recognises a runner that sets `FORGEJO_SERVER_URL` instead.
    /// The lifetime of its ID tokens is not documented, so hfmint fetches a new one at every try.
    /// <https://forgejo.org/docs/next/user/actions/security-openid-connect>
    package static let forgejoActions = Provider(
        name: "forgejo-actions", title: "Forgejo Actions", recognisedBy: "FORGEJO_ACTIONS=true",
        isHere: {
            $0.isTrue("FORGEJO_ACTIONS") || $0.isTrue(.gitHubActions) && $0.environment.isSet("FORGEJO_SERVER_URL")
        },
        imitates: ["gitea-actions", "github-actions"],
        acquisition: { job, audience throws(MintError) in
            let runtime = ActionsRuntime(provider: "forgejo-actions", job: job)
            return try runtime.acquisition(
                audience: audience, refusalHint: "check `enable-openid-connect: true` on the workflow or the job"
            ) {
                guard !runtime.isForkPullRequest else {
                    return runtime.denied(
                        "a pull request from a fork gets no ID token",
                        hint: "run this step on `push` instead: `if: forgejo.event_name == 'push'`")
                }
                return runtime.denied(
                    "this job may not request an ID token",
                    hint: "add `enable-openid-connect: true` to the workflow or the job; it needs Forgejo 15 and a"
                        + " runner newer than 12.5 (`permissions:` has no effect here)")
            }
        },
        jobVariables: ActionsRuntime.jobVariables,
        untrustedEvent: { ActionsRuntime(provider: "forgejo-actions", job: $0).untrustedEvent($1) },
        masking: .workflowCommand,
        stepFiles: .heredoc(environment: ["GITHUB_ENV", "FORGEJO_ENV"], output: ["GITHUB_OUTPUT", "FORGEJO_OUTPUT"]),
        claims: ActionsRuntime.claims(of: ["https://*/api/actions"]),
        publisher: PublisherForm.pinning(
            ActionsRuntime.pins,
            tighter: [
                "repository_id": "survives a rename; nobody can take it over (Forgejo 16)",
                "repository_owner_id": "the same for the owner", "event_name": "only runs that such an event started",
            ]),
        example: PipelineExample(
            marker: ".forgejo/workflows", file: ".forgejo/workflows/publish.yml",
            lines: [
                "enable-openid-connect: true",
                "jobs:",
                "  publish:",
                "    steps:",
                "      - run: |",
                "          eval \"$(hfmint exchange acme/model)\"",
                "          hf upload acme/model .",
            ],
            permission: ["enable-openid-connect: true"])
    )
}
