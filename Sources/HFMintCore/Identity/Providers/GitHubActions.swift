extension Provider {
    /// GitHub Actions and GitHub Enterprise Server.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc>
    package static let gitHubActions = Provider(
        name: "github-actions", title: "GitHub Actions", recognisedBy: "GITHUB_ACTIONS=true",
        isHere: { $0.isTrue(.gitHubActions) },
        acquisition: { job, audience throws(MintError) in try GitHubActions.acquisition(for: job, audience: audience) },
        tokenVariables: [.actionsURL], jobVariables: ActionsRuntime.jobVariables,
        temporaryDirectory: "RUNNER_TEMP",
        endOfMachine: {
            $0["RUNNER_ENVIRONMENT"] == "github-hosted" ? "a GitHub-hosted runner is thrown away after the job" : nil
        },
        reservedPrefixes: ["ACTIONS_", "GITHUB_", "RUNNER_"],
        untrustedEvent: { ActionsRuntime(provider: "github-actions", job: $0).untrustedEvent($1) },
        masking: .workflowCommand,
        stepFiles: .heredoc(environment: ["GITHUB_ENV"], output: ["GITHUB_OUTPUT"]),
        ownAudience: OwnAudience(
            start: "https://github.com/",
            "GitHub's default; leave the request to hfmint, or add `&audience=https://huggingface.co` to it"),
        // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
        apiSecret: APISecret(
            prefixes: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"], noun: "a token of GitHub's API"),
        claims: ActionsRuntime.claims(
            of: [
                GitHubActions.issuer, "\(GitHubActions.issuer)/*", "https://token.actions.*.ghe.com",
                "https://*/_services/token",
            ], also: GitHubActions.impossibilities),
        preset: GitHubActions.preset, publisher: { GitHubActions.publisher(for: $0) },
        example: PipelineExample(
            marker: ".github/workflows", file: ".github/workflows/publish.yml",
            lines: [
                "jobs:",
                "  publish:",
                "    runs-on: ubuntu-latest",
                "    permissions:",
                "      contents: read",
                "      id-token: write",
                "    steps:",
                "      - uses: actions/checkout@v5",
                "      - run: |",
                "          eval \"$(hfmint exchange acme/model)\"",
                "          hf upload acme/model .",
                "      - if: always()",
                "        run: hfmint forget",
            ],
            permission: ["permissions:", "  contents: read", "  id-token: write"])
    )
}

private enum GitHubActions {
    static let issuer = "https://token.actions.githubusercontent.com"

    /// The preset, which has rows for a repository, an environment and the name of a branch.
    static let preset = PublisherPreset(name: "GitHub", issuer: issuer) { row in
        switch row.claim {
        case "repository", "environment": row
        case "ref": row.value.after("refs/heads/").map { PublisherForm.Row(claim: "branch", value: $0, why: row.why) }
        default: nil
        }
    }

    /// Returns the spellings and the combinations in a grant that GitHub never gives.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc#example-subject-claims>
    @Sendable static func impossibilities(_ grant: ProviderClaims.Lookup) -> [String] {
        let spellings = [
            grant("ref").flatMap { ref in
                ref.hasStart("refs/") ? nil : "GitHub writes 'ref' in full: 'refs/heads/\(ref)' for a branch"
            },
            grant("branch").map { "'branch' is a word of the Hub's form, not a claim: ref=refs/heads/\($0)" },
        ]
        return spellings.compactMap(\.self) + contradictions(grant)
    }

    /// Returns the claims about repository and environment that `sub` contradicts.
    private static func contradictions(_ grant: ProviderClaims.Lookup) -> [String] {
        // Repositories made since 15 July 2026 have numbers in `sub`, which the other claims do not have.
        guard let subject = grant("sub"), subject.hasStart("repo:"), !subject.utf8.contains(UInt8(ascii: "@")) else {
            return []
        }
        let agrees: [(claim: String, with: (String) -> Bool)] = [
            ("repository", { subject.hasStart("repo:\($0):") }),
            ("environment", { subject.hasEnd(":environment:\($0)") }),
        ]
        return agrees.compactMap { claim, with in
            grant(claim).flatMap { with($0) ? nil : "'sub' and '\(claim)' contradict each other" }
        }
    }

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        let runtime = ActionsRuntime(provider: "github-actions", job: job)
        return try runtime.acquisition(
            audience: audience,
            refusalHint: "check `permissions: id-token: write` on the job, and that the run is not from a fork"
        ) { missingPermission(runtime) }
    }

    /// Returns why this job may not request an ID token, as far as the job can see it.
    private static func missingPermission(_ runtime: ActionsRuntime) -> MintError {
        if runtime.job.environment["GITHUB_ACTOR"] == "dependabot[bot]" {
            return runtime.denied(
                "a run that Dependabot started gets no ID token",
                hint: "run this step on `push` to the default branch instead: `if: github.actor != 'dependabot[bot]'`")
        }
        if runtime.isForkPullRequest {
            return runtime.denied(
                "a pull request from a fork gets no ID token, whatever its `permissions:` say",
                hint: "run this step on `push` instead: `if: github.event_name == 'push'`")
        }
        if let caller = reusableWorkflowCaller(runtime.job) {
            return runtime.denied(
                "this job is part of a reusable workflow whose caller did not grant an ID token",
                hint: "add `permissions: id-token: write` to the calling job in \(caller), and to this one")
        }
        return runtime.denied(
            "this job may not request an ID token",
            hint: "add `permissions: id-token: write` to the job (and `contents: read`, which it then needs too);"
                + " in a reusable workflow, to the calling job as well")
    }

    /// Returns the file of the started workflow if it is checked out and does not define this job, or nil.
    ///
    /// Another workflow, which the started one calls, then holds the job.
    private static func reusableWorkflowCaller(_ job: Provider.Job) -> String? {
        guard let name = job.environment["GITHUB_JOB"], let workspace = job.environment["GITHUB_WORKSPACE"],
            let repository = job.environment["GITHUB_REPOSITORY"], let ref = job.environment["GITHUB_WORKFLOW_REF"],
            ref.hasStart(repository + "/"), let path = ActionsRuntime.workflowPath(ref)
        else { return nil }
        guard let file = try? job.files.read("\(workspace)/\(path)", limit: 1 << 20) else { return nil }
        let lines = file.reveal { $0.bytes }.split(separator: ASCII.lineFeed)
        let definesJob = lines.contains { line in
            let text = line.drop { $0 == ASCII.space }
            return text.count < line.count && text.starts(with: "\(name):".utf8)
        }
        return definesJob ? nil : path
    }

    static func publisher(for claims: Claims) -> PublisherForm {
        var form = PublisherForm(preset: preset.name, issuer: claims["iss"] ?? issuer)
        func row(_ claim: String, _ value: String?, _ why: String) -> [PublisherForm.Row] {
            value.map { [PublisherForm.Row(claim: claim, value: $0, why: why)] } ?? []
        }
        form.rows += row("repository", claims["repository"], "the repository that the job runs in")
        if let ref = claims["ref"] {
            form.rows +=
                ref.after("refs/heads/").map { row("branch", $0, "only runs on this branch") }
                ?? row("ref", ref, "this run is not on a branch, so the preset 'branch' cannot match it")
        }
        let caller = claims["workflow_ref"].flatMap(ActionsRuntime.workflowPath)
        form.rows += row("workflow", caller?.split(separator: "/").last.map(String.init), "only this workflow file")
        form.rows += row("environment", claims["environment"], "only jobs that passed this environment's rules")
        if let callee = claims["job_workflow_ref"].flatMap(ActionsRuntime.workflowPath), callee != caller {
            form.tighter += row(
                "job_workflow_ref", claims["job_workflow_ref"], "the reusable workflow that holds the job")
        }
        form.tighter += row("repository_id", claims["repository_id"], "survives a rename; nobody can take it over")
        form.tighter += row("repository_owner_id", claims["repository_owner_id"], "the same for the owner")
        return form
    }
}
