/// The token endpoint and the event file that GitHub Actions, Forgejo Actions and Gitea Actions have in common.
///
/// <https://github.com/actions/toolkit/blob/main/packages/core/src/oidc-utils.ts>
struct ActionsRuntime {
    let provider: String
    let job: Provider.Job

    /// Returns the request for an ID token.
    ///
    /// - Parameter denial: returns the error for a job that may not have one: the runner then sets neither variable.
    func acquisition(
        audience: String, refusalHint: String, otherwise denial: () -> MintError
    ) throws(MintError) -> Acquisition {
        guard let endpoint = job.environment[.actionsURL], job.environment.isSet(.actionsToken) else { throw denial() }
        let url = try job.confidentialURL(provider, .actionsURL, endpoint)
        return .http(
            HTTPAcquisition(
                provider: provider,
                request: HTTPRequest(
                    .get, url.appendingQuery("audience", audience),
                    headers: [HTTPHeader("Accept", "application/json; api-version=2.0")]),
                proof: .variable(.actionsToken, headers: ["Authorization"], prefix: "Bearer "),
                tokenPlace: .member("value"),
                // https://github.com/aws-actions/configure-aws-credentials/issues/469
                transientRefusals: ["Pending", "Delayed"],
                refusalHint: refusalHint, addressVariable: .actionsURL))
    }

    /// Returns a refusal that names the missing variable.
    func denied(_ reason: String, hint: String) -> MintError {
        let unset = [Environment.Key.actionsURL, .actionsToken].first { !job.environment.isSet($0) }?.name ?? ""
        return MintError(.identityDenied, "\(provider): \(reason) (\(unset) is not set)", hint: hint)
    }
}

extension Environment.Key {
    static let actionsURL: Self = "ACTIONS_ID_TOKEN_REQUEST_URL"
    static let actionsToken: Self = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
    static let gitHubActions: Self = "GITHUB_ACTIONS"
    fileprivate static let eventName: Self = "GITHUB_EVENT_NAME"
    fileprivate static let eventPath: Self = "GITHUB_EVENT_PATH"
}

extension ActionsRuntime {
    /// The variables that tell a job from all jobs of its server.
    ///
    /// Only the request URL holds the ids of the run's plan and of this job.
    static let jobVariables: [Environment.Key] = [
        "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", .actionsURL,
    ]

    /// The claims to pin on Forgejo and Gitea.
    static let pins: KeyValuePairs = [
        "repository": "the repository that the job runs in", "ref": "only runs on this branch or tag",
        "workflow_ref": "only this workflow file, as of this branch or tag",
    ]

    var isForkPullRequest: Bool { isForkPullRequest(job.environment[.eventName]) }

    private func isForkPullRequest(_ event: String?) -> Bool {
        guard event?.hasStart("pull_request") == true else { return false }
        return job.json(at: .eventPath)?.root["pull_request"]?["head"]?["repo"]?["fork"]?.value == .bool(true)
    }

    /// Returns `.github/workflows/publish.yml` for `acme/training/.github/workflows/publish.yml@refs/heads/main`.
    static func workflowPath(_ ref: String) -> String? {
        let path = ref.prefix { $0 != "@" }.split(separator: "/").dropFirst(2).joined(separator: "/")
        return path.isEmpty || path.hasPart("..") ? nil : path
    }

    func untrustedEvent(_ claims: Claims) -> String? {
        let event = claims[Self.openEvents.claim] ?? job.environment[.eventName] ?? ""
        if Self.openEvents.always.contains(event) { return "'\(event)' can be triggered by anyone" }
        if isForkPullRequest(event) { return "the pull request is from a fork" }
        return event == "workflow_run" ? untrustedWorkflowRun : nil
    }

    private var untrustedWorkflowRun: String? {
        guard let event = job.json(at: .eventPath), let run = event.root["workflow_run"],
            let trigger = event.string(run["event"]), let head = event.string(run["head_repository"]?["full_name"]),
            let own = event.string(event.root["repository"]?["full_name"])
        else { return "'workflow_run' without a readable event file: the run behind it may be a stranger's" }
        if trigger.starts(with: "pull_request".utf8) { return "the run behind this 'workflow_run' was a pull request" }
        return head == own ? nil : "the run behind this 'workflow_run' was a fork's"
    }
}
