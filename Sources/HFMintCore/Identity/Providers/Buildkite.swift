extension Provider {
    /// Buildkite: the agent's API gives ID tokens, or else the agent's program.
    ///
    /// hfmint asks the API if the job has the agent's endpoint and token, because the API needs no program in the
    /// container. The subject is `pipeline_id` in both cases: the usual subject names the commit, which no publisher
    /// can match. An agent before 3.121 does not know the option, and fails with a message that says so.
    /// <https://github.com/buildkite/agent/blob/main/api/oidc.go>
    package static let buildkite = Provider(
        name: "buildkite", title: "Buildkite", recognisedBy: "BUILDKITE=true", isHere: { $0.isTrue("BUILDKITE") },
        acquisition: { job, audience throws(MintError) in try Buildkite.acquisition(for: job, audience: audience) },
        tokenVariables: [.accessToken], jobVariables: ["BUILDKITE_JOB_ID", "BUILDKITE_RETRY_COUNT"],
        credentialPrefixes: ["BUILDKITE_"],
        untrustedEvent: { job, _ in Buildkite.untrustedEvent(in: job.environment) },
        masking: .jobAPI,
        stepFiles: .jobAPI,
        ownAudience: OwnAudience(
            start: "https://buildkite.com/",
            "Buildkite's default; ask with `buildkite-agent oidc request-token --audience https://huggingface.co`"),
        apiSecret: APISecret(prefixes: ["bkua_", "bkct_", "bkaj_"], noun: "a token of Buildkite's API"),
        claims: Buildkite.claims, publisher: Buildkite.publisher,
        example: PipelineExample(
            marker: ".buildkite", file: ".buildkite/pipeline.yml",
            lines: [
                "steps:",
                "  - commands:",
                "      - eval \"$$(hfmint exchange acme/model)\"",
                "      - hf upload acme/model .",
            ])
    )
}

extension Environment.Key {
    fileprivate static let endpoint: Self = "BUILDKITE_AGENT_ENDPOINT"
    fileprivate static let accessToken: Self = "BUILDKITE_AGENT_ACCESS_TOKEN"
    fileprivate static let jobID: Self = "BUILDKITE_JOB_ID"
}

private enum Buildkite {
    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        guard let id = job.environment[.jobID], job.environment.isSet(.accessToken),
            let base = job.environment[.endpoint]
        else { return .program(program(audience: audience)) }
        let url = try job.confidentialURL("buildkite", .endpoint, trimmed(base))
        return .http(
            HTTPAcquisition(
                provider: "buildkite",
                request: HTTPRequest(
                    .post, HTTPURL(url.origin, "\(trimmed(url.target))/jobs/\(percentEncoded(id))/oidc/tokens")),
                body: .json([
                    "audience": .string(audience),
                    "claims": .array([.string("organization_id"), .string("pipeline_id")]),
                    "subject_claim": .string("pipeline_id"),
                ]),
                proof: .variable(.accessToken, headers: ["Authorization"], prefix: "Token "),
                tokenPlace: .member("token"),
                refusalHint: "check that the job still runs, and that the organization lets its pipelines request"
                    + " OIDC tokens", addressVariable: .endpoint))
    }

    private static func program(audience: String) -> ProgramAcquisition {
        ProgramAcquisition(
            provider: "buildkite", name: "buildkite-agent oidc request-token",
            options: ["--audience", audience, "--subject-claim", "pipeline_id"],
            missingHint: "in the docker plugin, set `propagate-environment: true` and `mount-buildkite-agent: true`",
            failureHint: "the agent must be 3.121 or newer (`--subject-claim`), and its Job API reachable; or pass on"
                + " BUILDKITE_AGENT_ENDPOINT, BUILDKITE_AGENT_ACCESS_TOKEN and BUILDKITE_JOB_ID")
    }

    private static func trimmed(_ path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.last == ASCII.slash { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns a reason if the pull request is from another repository than the pipeline's own, or nil.
    ///
    /// The forms of both may differ: `git@github.com:acme/a.git`, `git://…/acme/a.git`.
    static func untrustedEvent(in environment: Environment) -> String? {
        guard let pullRequest = environment["BUILDKITE_PULL_REQUEST"], pullRequest != "false",
            let head = environment["BUILDKITE_PULL_REQUEST_REPO"], let own = environment["BUILDKITE_REPO"]
        else { return nil }
        return repository(head) == repository(own) ? nil : "the pull request is from a fork"
    }

    /// Returns the owner and the name, in lower case.
    private static func repository(_ url: String) -> [[UInt8]] {
        let parts = url.utf8.map(\.asciiLowercased).split { $0 == ASCII.slash || $0 == ASCII.colon }.suffix(2)
        return parts.map { Array($0.beforeGitEnding ?? $0) }
    }

    /// The claims: a branch is a bare name, and a setting of the pipeline puts a prefix before the branches of forks.
    ///
    /// <https://buildkite.com/docs/agent/v3/cli-oidc#claims>,
    /// <https://buildkite.com/docs/apis/rest-api/pipelines#provider-settings-properties>
    static let claims = ProviderClaims(
        issuers: ["https://agent.buildkite.com"],
        recognisingClaims: ["organization_slug", "pipeline_slug", "build_branch", "build_tag"],
        owners: ["organization_slug", "organization_id", "pipeline_id", "cluster_id", "sub"],
        shared: [
            "organization_slug", "organization_id", "pipeline_slug", "pipeline_id", "runner_environment",
            "build_source",
        ],
        shown: ["organization_slug", "pipeline_slug", "organization_id", "build_branch", "step_key"],
        looseClaims: [
            LooseClaim(claim: "build_branch") {
                "the build of a tag or of a fork's pull request may have the branch name '\($0)' too: let the pipeline's"
                    + " settings build neither, or prefix the branches of forks"
            }
        ],
        renameableClaims: [
            RenameableClaim("pipeline_slug", "pipeline_id"),
            RenameableClaim("organization_slug", "organization_id", "pipeline_id"),
        ],
        impossibilities: { grant in
            let isFull = grant("build_branch")?.hasStart("refs/") ?? false
            let isUsual = grant("sub")?.hasStart("organization:") ?? false
            return (isFull ? ["'build_branch' is the bare name of the branch"] : [])
                + (isUsual ? ["'sub' is the pipeline's id, as hfmint asks for it: the usual one names the commit"] : [])
        })

    static let publisher = PublisherForm.pinning(
        [
            "organization_slug": "the organization that the job runs in",
            "pipeline_slug": "the pipeline; the usual `sub` names the commit, so it changes with every run",
            "build_branch": "only builds of this branch",
        ],
        tighter: [
            "pipeline_id": "survives a rename; nobody can take it over",
            "organization_id": "the same for the organization", "step_key": "only this step",
        ])
}
