extension Provider {
    /// GitHub Actions and GitHub Enterprise Server.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc>
    package static let gitHubActions = Provider(
        name: "github-actions",
        title: "GitHub Actions",
        evidence: "GITHUB_ACTIONS=true",
        isHere: { $0[.gitHubActions] == "true" },
        acquisition: { job, audience throws(MintError) in try GitHubActions.acquisition(for: job, audience: audience) },
        // The request URL holds the ids of the run's plan and of this one job, which no other variable does.
        jobVariables: [
            "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", .job, .requestURL,
        ],
        untrustedEvent: { GitHubActions.untrustedEvent(in: $0, $1) },
        masking: .workflowCommand,
        stepFiles: .heredoc(environment: "GITHUB_ENV", output: "GITHUB_OUTPUT"),
        publisher: { GitHubActions.publisher(for: $0) },
        example: PipelineExample(
            marker: ".github/workflows",
            file: ".github/workflows/publish.yml",
            lines: [
                "permissions:",
                "  contents: read",
                "  id-token: write",
                "steps:",
                "  - run: |",
                "      eval \"$(hfmint exchange acme/model)\"",
                "      hf upload acme/model .",
            ])
    )
}

extension Environment.Key {
    package static let gitHubActions: Self = "GITHUB_ACTIONS"
    fileprivate static let requestURL: Self = "ACTIONS_ID_TOKEN_REQUEST_URL"
    fileprivate static let requestToken: Self = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
    fileprivate static let eventName: Self = "GITHUB_EVENT_NAME"
    fileprivate static let eventPath: Self = "GITHUB_EVENT_PATH"
    fileprivate static let actor: Self = "GITHUB_ACTOR"
    fileprivate static let job: Self = "GITHUB_JOB"
    fileprivate static let workflowRef: Self = "GITHUB_WORKFLOW_REF"
    fileprivate static let repository: Self = "GITHUB_REPOSITORY"
    fileprivate static let workspace: Self = "GITHUB_WORKSPACE"
}

private enum GitHubActions {
    static func acquisition(
        for job: Provider.Job, audience: String
    ) throws(MintError) -> Acquisition {
        guard let endpoint = job.environment[.requestURL], job.environment.isSet(.requestToken) else {
            throw missingPermission(job)
        }
        guard let url = HTTPURL(endpoint), url.isConfidential else {
            throw MintError(
                .identityDenied, "github-actions: \(Environment.Key.requestURL.name) is not an https URL",
                hint: "the runner sets this variable; nothing in the workflow should")
        }
        return .http(
            HTTPAcquisition(
                provider: "github-actions",
                request: HTTPRequest(
                    .get, url.appendingQuery("audience", audience),
                    headers: [HTTPHeader("Accept", "application/json; api-version=2.0")]),
                proof: .variable(.requestToken, header: "Authorization", prefix: "Bearer "),
                answer: .member("value"),
                // https://github.com/aws-actions/configure-aws-credentials/issues/469
                transientRefusals: ["Pending", "Delayed"],
                refusalHint: "check `permissions: id-token: write` on the job, and that the run is not from a fork"
            ))
    }

    /// The runner sets neither variable in a job that may not have an ID token; the job can often see why it may not.
    private static func missingPermission(_ job: Provider.Job) -> MintError {
        let unset = [Environment.Key.requestURL, .requestToken].first { !job.environment.isSet($0) }?.name ?? ""
        func denied(_ reason: String, hint: String) -> MintError {
            MintError(.identityDenied, "github-actions: \(reason) (\(unset) is not set)", hint: hint)
        }
        if job.environment[.actor] == "dependabot[bot]" {
            return denied(
                "a run that Dependabot started gets no ID token",
                hint: "run this step on `push` to the default branch instead: `if: github.actor != 'dependabot[bot]'`")
        }
        if isForkPullRequest(job, event: job.environment[.eventName]) {
            return denied(
                "a pull request from a fork gets no ID token, whatever its `permissions:` say",
                hint: "run this step on `push` instead: `if: github.event_name == 'push'`")
        }
        if let caller = reusableWorkflowCaller(job) {
            return denied(
                "this job is part of a reusable workflow whose caller did not grant an ID token",
                hint: "add `permissions: id-token: write` to the calling job in \(caller), and to this one")
        }
        return denied(
            "this job may not request an ID token",
            hint: "add `permissions: id-token: write` to the job (and `contents: read`, which it then needs too);"
                + " in a reusable workflow, to the calling job as well")
    }

    private static func isForkPullRequest(_ job: Provider.Job, event: String?) -> Bool {
        guard event?.hasPrefix("pull_request") == true else { return false }
        return job.json(at: .eventPath)?.root["pull_request"]?["head"]?["repo"]?["fork"]?.value == .bool(true)
    }

    /// The file of the workflow that was started, where it is checked out and does not define the job that runs:
    /// then the job comes from a workflow that this one calls.
    private static func reusableWorkflowCaller(_ job: Provider.Job) -> String? {
        guard let name = job.environment[.job], let workspace = job.environment[.workspace],
            let repository = job.environment[.repository], let ref = job.environment[.workflowRef],
            ref.hasPrefix(repository + "/"), let path = workflowPath(ref)
        else { return nil }
        guard let file = try? job.files.read("\(workspace)/\(path)", limit: 1 << 20) else { return nil }
        let lines = file.reveal { $0.bytes }.split(separator: ASCII.lineFeed)
        let definesJob = lines.contains { line in
            let text = line.drop { $0 == ASCII.space }
            return text.count < line.count && text.starts(with: "\(name):".utf8)
        }
        return definesJob ? nil : path
    }

    /// `acme/training/.github/workflows/publish.yml@refs/heads/main` → `.github/workflows/publish.yml`.
    private static func workflowPath(_ ref: String) -> String? {
        let path = ref.prefix { $0 != "@" }.split(separator: "/").dropFirst(2).joined(separator: "/")
        return path.isEmpty || path.contains("..") ? nil : path
    }

    /// Events that anyone with an account can cause, and that nevertheless run with the repository's rights.
    ///
    /// <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>
    private static let openToStrangers = [
        "discussion", "discussion_comment", "fork", "issue_comment", "issues", "pull_request_target", "watch",
    ]

    static func untrustedEvent(in job: Provider.Job, _ claims: Claims) -> String? {
        let event = claims["event_name"] ?? job.environment[.eventName] ?? ""
        if openToStrangers.contains(event) { return "'\(event)' can be triggered by anyone" }
        if isForkPullRequest(job, event: event) { return "the pull request is from a fork" }
        return event == "workflow_run" ? untrustedWorkflowRun(job) : nil
    }

    private static func untrustedWorkflowRun(_ job: Provider.Job) -> String? {
        guard let event = job.json(at: .eventPath), let run = event.root["workflow_run"],
            let trigger = event.string(run["event"]), let head = event.string(run["head_repository"]?["full_name"]),
            let own = event.string(event.root["repository"]?["full_name"])
        else { return "'workflow_run' without a readable event file: the run behind it may be a stranger's" }
        if trigger.starts(with: "pull_request".utf8) { return "the run behind this 'workflow_run' was a pull request" }
        return head == own ? nil : "the run behind this 'workflow_run' was a fork's"
    }

    static func publisher(for claims: Claims) -> PublisherForm {
        var form = PublisherForm(
            preset: "GitHub", issuer: claims["iss"] ?? "https://token.actions.githubusercontent.com", rows: [])
        func row(_ claim: String, _ value: String?, _ why: String) -> [PublisherForm.Row] {
            value.map { [PublisherForm.Row(claim, $0, why)] } ?? []
        }
        form.rows += row("repository", claims["repository"], "the repository that the job runs in")
        if let ref = claims["ref"] {
            form.rows +=
                ref.hasPrefix("refs/heads/")
                ? row("branch", String(ref.dropFirst("refs/heads/".count)), "only runs on this branch")
                : row("ref", ref, "this run is not on a branch, so the preset 'branch' cannot match it")
        }
        let caller = claims["workflow_ref"].flatMap(workflowPath)
        form.rows += row("workflow", caller?.split(separator: "/").last.map(String.init), "only this workflow file")
        form.rows += row("environment", claims["environment"], "only jobs that passed this environment's rules")
        if let callee = claims["job_workflow_ref"].flatMap(workflowPath), callee != caller {
            form.tighter += row(
                "job_workflow_ref", claims["job_workflow_ref"], "the reusable workflow that holds the job")
        }
        form.tighter += row("repository_id", claims["repository_id"], "survives a rename; nobody can take it over")
        form.tighter += row("repository_owner_id", claims["repository_owner_id"], "the same for the owner")
        return form
    }
}
