extension Provider {
    /// Bitbucket Pipelines: a variable of the step holds an ID token for the audiences in its `oidc:`.
    ///
    /// Its `aud` is always an array. The Hub does not document whether it takes one; hfmint sends it. Pipelines does
    /// not run for pull requests from forks, so hfmint refuses no event. No command masks a new value in the log.
    /// The service stores `output-variables`, so hfmint puts no token into them.
    /// <https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/>
    package static let bitbucket = Provider(
        name: "bitbucket", title: "Bitbucket Pipelines", recognisedBy: "BITBUCKET_BUILD_NUMBER",
        isHere: { $0.environment.isSet("BITBUCKET_BUILD_NUMBER") || $0.environment.isSet("BITBUCKET_STEP_UUID") },
        acquisition: { job, audience throws(MintError) in
            try job.givenToken(
                "bitbucket", in: ["BITBUCKET_STEP_OIDC_TOKEN"], audience: audience,
                missing: "add to the step: `oidc: { audiences: [\"\(audience)\"] }`",
                unsuitable: "`oidc: true` gives the workspace's own audience; write"
                    + " `oidc: { audiences: [\"\(audience)\"] }` in its place")
        },
        tokenVariables: ["BITBUCKET_STEP_OIDC_TOKEN"],
        jobVariables: ["BITBUCKET_REPO_UUID", "BITBUCKET_PIPELINE_UUID", "BITBUCKET_STEP_UUID"],
        credentialPrefixes: ["BITBUCKET_"],
        stepFiles: .none(
            instead: "exchange again in each step that needs a token; `output-variables` are stored by the service"),
        ownAudience: OwnAudience(
            start: "ari:cloud:bitbucket::",
            "Bitbucket's default; in the step write `oidc: { audiences: [https://huggingface.co] }` instead of `oidc: true`"
        ),
        claims: ProviderClaims(
            issuers: ["https://api.bitbucket.org/2.0/workspaces/*/pipelines-config/identity/oidc"],
            recognisingClaims: ["repositoryUuid", "workspaceUuid", "branchName", "deploymentEnvironmentUuid"],
            shared: ["repositoryUuid", "workspaceUuid"],
            shown: ["repositoryUuid", "branchName", "deploymentEnvironmentUuid", "workspaceUuid"],
            looseClaims: [
                LooseClaim(claim: "deploymentEnvironmentUuid", closedBy: ["branchName"]) { _ in
                    "any branch may deploy to the environment, unless its own settings name the branches: add branchName"
                },
                LooseClaim(claim: "branchName", closedBy: ["repositoryUuid"]) {
                    "every repository of the workspace may have a branch '\($0)': add repositoryUuid"
                },
            ],
            impossibilities: { grant in
                let changing = ["sub", "stepUuid", "pipelineUuid"].filter { grant($0) != nil }
                let bare = ["repositoryUuid", "workspaceUuid", "deploymentEnvironmentUuid"].filter { claim in
                    grant(claim).map { !$0.hasStart("{") } ?? false
                }
                let isFull = grant("branchName")?.hasStart("refs/heads/") ?? false
                return changing.map { "'\($0)' is another in every step" }
                    + bare.map { "'\($0)' stands in braces: '{…}'" }
                    + (isFull ? ["'branchName' is the bare name of the branch"] : [])
            }),
        publisher: PublisherForm.pinning(
            [
                "repositoryUuid":
                    "the repository, braces included; `sub` also names the step, so it changes with every run",
                "branchName": "only runs on this branch",
                "deploymentEnvironmentUuid": "only steps that deploy to this environment",
            ], tighter: ["workspaceUuid": "only while the repository stays in this workspace"]),
        example: PipelineExample(
            marker: "bitbucket-pipelines.yml", file: "bitbucket-pipelines.yml",
            lines: [
                "- step:",
                "    oidc:",
                "      audiences: [\"https://huggingface.co\"]",
                "    script:",
                "      - eval \"$(hfmint exchange acme/model)\"",
                "      - hf upload acme/model .",
            ],
            permission: ["oidc:", "  audiences: [\"https://huggingface.co\"]"])
    )
}
