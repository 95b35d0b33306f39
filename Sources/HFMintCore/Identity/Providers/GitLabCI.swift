extension Provider {
    /// GitLab CI/CD, on gitlab.com and self-managed.
    ///
    /// An ID token is a variable that the job's `id_tokens:` declares; there is none to be had at run time.
    /// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
    package static let gitLabCI = Provider(
        name: "gitlab-ci",
        title: "GitLab CI",
        evidence: "GITLAB_CI=true",
        isHere: { $0.says("GITLAB_CI") },
        acquisition: { job, audience throws(MintError) in try GitLabCI.acquisition(for: job, audience: audience) },
        jobVariables: ["CI_SERVER_URL", "CI_JOB_ID"],
        untrustedEvent: { job, _ in GitLabCI.untrustedEvent(in: job.environment) },
        masking: .none,
        // Runner 16.4 and later read it at the start of each stage; `script` is one, so only `after_script` is left.
        // https://gitlab.com/gitlab-org/gitlab-runner/-/blob/main/shells/bash.go
        stepFiles: .lines("GITLAB_ENV", reaches: "after_script"),
        publisher: { GitLabCI.publisher(for: $0) },
        example: PipelineExample(
            marker: ".gitlab-ci.yml",
            file: ".gitlab-ci.yml",
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
    /// `HF_OIDC_ID_TOKEN` is asked before any provider; this one is the name that the Hub's documentation uses.
    private static let documented: Environment.Key = "HF_ID_TOKEN"

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        if job.environment.isSet(documented) { return .variable(documented) }
        // A variable with another name is suggested, never used: which token goes out is the user's decision.
        let found = job.environment.names { value in
            guard let token = try? IDToken.parse(Secret(copying: value)) else { return false }
            return token.claims.audiences.contains { $0.equals(audience) }
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

    /// In a merge request pipeline the project that started it may be a fork.
    static func untrustedEvent(in environment: Environment) -> String? {
        guard environment["CI_PIPELINE_SOURCE"] == "merge_request_event" else { return nil }
        let source = environment["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"]
        let isFork = source != environment["CI_MERGE_REQUEST_PROJECT_ID"]
        return isFork ? "the merge request is from a fork" : nil
    }

    static func publisher(for claims: Claims) -> PublisherForm {
        PublisherForm(
            preset: "GitLab", issuer: "https://gitlab.com", claims: claims,
            rows: [
                ("project_path", "the project that the job runs in"),
                ("ref", "only this branch or tag"),
                ("ref_type", "a branch and a tag may share a name"),
                ("environment", "only jobs that deploy to this environment"),
            ],
            tighter: [
                ("project_id", "survives a rename; nobody can take it over"),
                ("namespace_id", "the same for the group"),
                ("ref_protected", "only protected branches and tags, where it is true"),
                ("ci_config_ref_uri", "only this pipeline definition"),
            ])
    }
}
