extension Provider {
    /// GitLab CI/CD, on gitlab.com and self-managed.
    ///
    /// The job's `id_tokens:` declares a variable for the ID token; a running job cannot request one.
    /// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
    package static let gitLabCI = Provider(
        name: "gitlab-ci", title: "GitLab CI", recognisedBy: "GITLAB_CI=true", isHere: { $0.isTrue("GITLAB_CI") },
        acquisition: { job, audience throws(MintError) in try GitLabCI.acquisition(for: job, audience: audience) },
        jobVariables: ["CI_SERVER_URL", "CI_JOB_ID"],
        credentialPrefixes: ["CI_", "GITLAB_"],
        untrustedEvent: { job, _ in GitLabCI.untrustedEvent(in: job.environment) },
        masking: .none,
        // Runner 16.4 and later read the file at the start of each stage; after `script` only `after_script` is left.
        // https://gitlab.com/gitlab-org/gitlab-runner/-/blob/main/shells/bash.go
        stepFiles: .lines("GITLAB_ENV", reaches: "after_script"),
        // https://docs.gitlab.com/security/tokens/#token-prefixes
        apiSecret: APISecret(
            prefixes: ["glpat-", "glcbt-", "gldt-", "glptt-", "glrt-"], noun: "a token of GitLab's API"),
        claims: GitLabCI.claims, preset: GitLabCI.preset, publisher: GitLabCI.publisher,
        example: PipelineExample(
            marker: ".gitlab-ci.yml", file: ".gitlab-ci.yml",
            lines: [
                "publish:",
                "  id_tokens:",
                "    HF_ID_TOKEN:",
                "      aud: https://huggingface.co",
                "  script:",
                "    - eval \"$(hfmint exchange acme/model)\"",
                "    - hf upload acme/model .",
            ],
            permission: ["id_tokens:", "  HF_ID_TOKEN:", "    aud: https://huggingface.co"])
    )
}

private enum GitLabCI {
    static let preset = PublisherPreset(name: "GitLab", issuer: "https://gitlab.com")

    /// The variable that the Hub's documentation has the job declare.
    private static let documented: Environment.Key = "HF_ID_TOKEN"

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        if job.environment.isSet(documented) { return .variable(documented) }
        // An ID token in another variable is never sent, because the user decides which token is. The hint names it.
        let found = job.environment.names { value in
            guard let idToken = try? IDToken.parse(Secret(copying: value)) else { return false }
            return idToken.claims.isFor(audience)
        }
        if let name = found.first {
            throw MintError(
                .identityDenied, "gitlab-ci: neither HF_OIDC_ID_TOKEN nor HF_ID_TOKEN is set",
                hint: "'\(name)' holds an ID token for \(audience): call it HF_ID_TOKEN in `id_tokens:`")
        }
        throw MintError(
            .identityDenied, "gitlab-ci: this job has no ID token (HF_ID_TOKEN is not set)",
            hint: "add to the job: `id_tokens: { HF_ID_TOKEN: { aud: \(audience) } }`")
    }

    /// Returns a reason if the pipeline is for a merge request from a fork, or nil.
    static func untrustedEvent(in environment: Environment) -> String? {
        guard openEvents.isOpen(environment["CI_PIPELINE_SOURCE"] ?? "") else { return nil }
        let source = environment["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"]
        let isFork = source != environment["CI_MERGE_REQUEST_PROJECT_ID"]
        return isFork ? "the merge request is from a fork" : nil
    }

    private static let openEvents = ProviderClaims.OpenEvents(
        claim: "pipeline_source", always: [], perhaps: ["merge_request_event"])

    private static let namesBranch: [LooseClaim.Companion] = [
        "ref", "ref_path", "ci_config_ref_uri", .yes("ref_protected"), .part(":ref:", of: "sub"),
    ]

    /// The claims: `ref` is the bare name of a branch or a tag, `ref_type` says which, and `ref_path` is the full name.
    ///
    /// <https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload>
    static let claims = ProviderClaims(
        issuers: [preset.issuer],
        recognisingClaims: [
            "project_path", "project_id", "namespace_path", "namespace_id", "ci_config_ref_uri", "pipeline_source",
        ],
        owners: [
            "project_path", "project_id", "namespace_path", "namespace_id", "job_project_path", "job_project_id",
            "ci_config_ref_uri", "sub",
        ],
        shared: [
            "project_path", "project_id", "namespace_path", "namespace_id", "project_visibility", "job_project_path",
            "job_project_id", "job_namespace_path", "job_namespace_id", "ref_type", "runner_environment", "user_login",
            "user_id", "user_email", "user_access_level", "deployment_tier", "environment_action",
        ],
        shown: [
            "project_path", "project_id", "namespace_path", "namespace_id", "ref", "ref_type", "ref_path",
            "ref_protected", "environment", "pipeline_source", "ci_config_ref_uri", "runner_environment",
        ],
        declared: ["environment"], events: openEvents,
        looseClaims: [
            LooseClaim(
                claim: "ref", isOpen: { !$0.hasStart("refs/") },
                closedBy: ["ref_type", "ref_path", .part(":ref_type:", of: "sub")]
            ) { "a tag may have the name '\($0)' too: add ref_type=branch, or ref_path=refs/heads/\($0)" },
            LooseClaim(
                claim: "sub", isOpen: { $0.hasPart(":ref:") && !$0.hasPart(":ref_type:") },
                closedBy: ["ref_type", "ref_path"]
            ) { _ in "'sub' does not say whether it is a branch or a tag: add ref_type=branch" },
            LooseClaim(
                claim: "sub", isOpen: { $0.hasStart("project_path:") && !$0.hasPart(":ref:") }, closedBy: namesBranch
            ) { _ in "'sub' names no branch: add ref_path=refs/heads/…" },
            LooseClaim(
                claim: "pipeline_source", isOpen: { !openEvents.isOpen($0) }, closedBy: namesBranch + ["environment"]
            ) { "every branch may have a pipeline of the source '\($0)': add ref_path=refs/heads/…" },
            LooseClaim(claim: "environment", closedBy: [.yes("environment_protected")] + namesBranch) {
                "a job of any branch may name the environment '\($0)': add environment_protected=true, or"
                    + " ref_path=refs/heads/…"
            },
        ]
            + ["ref", "ref_path"].map { claim in
                LooseClaim(
                    claim: claim,
                    onlyWith: ["namespace_path", "namespace_id", "job_namespace_path", "job_namespace_id"],
                    closedBy: [
                        "project_path", "project_id", "job_project_path", "job_project_id", "ci_config_ref_uri", "sub",
                    ]
                ) { "every project that the other claims let in may have '\($0)': add project_path" }
            }
            + ["ref_path", "ci_config_ref_uri"].map { claim in
                LooseClaim(claim: claim, isOpen: { $0.hasPart("refs/merge-requests/") }) { _ in
                    "'\(claim)' names a merge request, whose author writes what runs there"
                }
            },
        renameableClaims: [
            RenameableClaim("project_path", "project_id", "namespace_id"),
            RenameableClaim("namespace_path", "namespace_id", "project_id"),
            RenameableClaim("sub", "project_id", "namespace_id") { $0.hasStart("project_path:") },
            RenameableClaim("ci_config_ref_uri", "project_id", "namespace_id"),
            RenameableClaim("user_login", "user_id"),
            RenameableClaim("user_email", "user_id"),
        ],
        proposals: ("refs/merge-requests/", "merge request"),
        impossibilities: { grant in
            let spellings = [
                grant("ref").flatMap {
                    $0.hasStart("refs/") ? "GitLab's 'ref' is the bare name; 'ref_path' is the full one" : nil
                },
                grant("ref_path").flatMap {
                    $0.hasStart("refs/") ? nil : "GitLab writes 'ref_path' in full: 'refs/heads/\($0)' for a branch"
                },
            ]
            let lists = ["groups_direct", "user_identities"].filter { grant($0) != nil }
            return spellings.compactMap(\.self) + lists.map { "'\($0)' is no text, and only texts are compared" }
                + ProviderClaims.misspelt(
                    grant, numbers: ["project_id", "namespace_id", "user_id", "pipeline_id", "job_id"],
                    words: [
                        ("ref_type", ProviderClaims.branchOrTag), ("ref_protected", ProviderClaims.yesOrNo),
                        ("environment_protected", ProviderClaims.yesOrNo),
                    ])
        })

    static let publisher = PublisherForm.pinning(
        [
            "project_path": "the project that the job runs in", "ref": "only this branch or tag",
            "ref_type": "a branch and a tag may share a name",
            "environment": "only jobs that deploy to this environment",
        ],
        tighter: [
            "project_id": "survives a rename; nobody can take it over", "namespace_id": "the same for the group",
            "ref_protected": "only protected branches and tags, where it is true",
            "ci_config_ref_uri": "only this pipeline definition",
        ], preset: preset.name, issuer: preset.issuer)
}
