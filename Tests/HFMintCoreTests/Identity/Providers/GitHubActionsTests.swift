import HFMintTesting
import Testing

@testable import HFMintCore

@Suite("github-actions")
struct GitHubActionsTests {
    private func acquisition(_ environment: Environment, files: MemoryFiles = MemoryFiles()) throws -> Acquisition {
        let job = Provider.Job(environment: environment, files: files)
        return try Provider.gitHubActions.acquisition(job, "https://huggingface.co")
    }

    private func refusal(_ environment: Environment, files: MemoryFiles = MemoryFiles()) -> MintError? {
        #expect(throws: MintError.self) { try acquisition(environment, files: files) }
    }

    @Test(
        "is here only where GITHUB_ACTIONS is exactly 'true'",
        arguments: [
            ("true", true), ("", false), ("false", false), ("TRUE", false), ("1", false), ("true ", false),
        ])
    func detection(value: String, isHere: Bool) {
        let job = Provider.Job(environment: ["GITHUB_ACTIONS": value], files: MemoryFiles())
        #expect((Provider.detected(in: job)?.name == "github-actions") == isHere)
    }

    @Test("asks the runner's URL with its double slash and its query kept, and the audience encoded at the end")
    func asks() throws {
        guard case .http(let http) = try acquisition(GitHubJob.permitted) else {
            Issue.record("not a request")
            return
        }
        #expect(http.request.url.description == "\(GitHubJob.requestURL)&audience=https%3A%2F%2Fhuggingface.co")
        #expect(http.request.method == .get)
        #expect(http.request.headers == [HTTPHeader("Accept", "application/json; api-version=2.0")])
        #expect(
            http.proof
                == .variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", headers: ["Authorization"], prefix: "Bearer "))
        #expect(http.tokenPlace == .member("value"))
        #expect(!"\(http)".contains("runner"))
    }

    @Test("begins a query where the URL has none, as on Forgejo")
    func noQuery() throws {
        let environment: Environment = [
            "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:1/token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
        ]
        guard case .http(let http) = try acquisition(environment) else {
            Issue.record("not a request")
            return
        }
        #expect(http.request.url.description == "http://127.0.0.1:1/token?audience=https%3A%2F%2Fhuggingface.co")
    }

    @Test(
        "sends the runner's credential over https alone",
        arguments: [
            "http://pipelines.actions.githubusercontent.com/x", "http://127.0.0.1.evil.example/", "ftp://a.example/",
            "pipelines.actions.githubusercontent.com", "https://a@b.example/", "https://a.example/#x",
            "https://a example/",
        ])
    func insecure(url: String) {
        let error = refusal(["ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"])
        #expect(error?.code == .identityDenied)
        #expect(error?.message == "github-actions: ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL")
    }

    @Test(
        "asks for the permission where either variable is missing",
        arguments: [
            [:], ["ACTIONS_ID_TOKEN_REQUEST_URL": GitHubJob.requestURL],
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"],
            ["ACTIONS_ID_TOKEN_REQUEST_URL": GitHubJob.requestURL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""],
            // The event file cannot be read, or is no JSON: the general advice.
            ["GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/missing"],
            ["GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/broken"],
            ["GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": "/fork"],
            ["GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/own"],
        ] as [Environment])
    func missing(environment: Environment) {
        let files = MemoryFiles([
            "/broken": "{", "/fork": #"{"pull_request":{"head":{"repo":{"fork":true}}}}"#,
            "/own": #"{"pull_request":{"head":{"repo":{"fork":false}}}}"#,
        ])
        let error = refusal(environment, files: files)
        #expect(error?.code == .identityDenied)
        let unset = environment.isSet("ACTIONS_ID_TOKEN_REQUEST_URL") ? "TOKEN" : "URL"
        #expect(
            error?.message
                == "github-actions: this job may not request an ID token (ACTIONS_ID_TOKEN_REQUEST_\(unset) is not set)"
        )
        #expect(error?.hint?.contains("permissions: id-token: write") == true)
    }

    @Test("says that a pull request from a fork never gets one", arguments: ["pull_request", "pull_request_review"])
    func fork(event: String) {
        let files = MemoryFiles(["/event": #"{"pull_request":{"head":{"repo":{"fork":true}}}}"#])
        let error = refusal(["GITHUB_EVENT_NAME": .init(event), "GITHUB_EVENT_PATH": "/event"], files: files)
        #expect(error?.message.contains("a pull request from a fork gets no ID token") == true)
        #expect(error?.hint?.contains("permissions") == false)
    }

    @Test("says that Dependabot's runs never get one")
    func dependabot() {
        let error = refusal(["GITHUB_ACTOR": "dependabot[bot]"])
        #expect(error?.message.contains("Dependabot") == true)
    }

    private static let reusable: Environment = [
        "GITHUB_JOB": "publish", "GITHUB_WORKSPACE": "/w", "GITHUB_REPOSITORY": "acme/training",
        "GITHUB_WORKFLOW_REF": "acme/training/.github/workflows/release.yml@refs/heads/main",
    ]

    @Test("names the calling workflow where its file does not define the job")
    func reusableWorkflow() {
        let files = MemoryFiles(["/w/.github/workflows/release.yml": "jobs:\n  call:\n    uses: ./x.yml\n"])
        let error = refusal(Self.reusable, files: files)
        #expect(error?.message.contains("a reusable workflow whose caller did not grant an ID token") == true)
        #expect(error?.hint?.contains(".github/workflows/release.yml") == true)
    }

    @Test(
        "takes a job for no reusable workflow's where that cannot be seen",
        arguments: [
            "jobs:\n  publish:\n    steps: []\n", "jobs:\r\n    publish: # x\r\n", nil,
        ])
    func notReusable(workflow: String?) {
        let files = MemoryFiles(workflow.map { ["/w/.github/workflows/release.yml": $0] } ?? [:])
        #expect(refusal(Self.reusable, files: files)?.message.contains("reusable workflow") == false)
    }

    @Test(
        "reads no file outside the work tree to find that out",
        arguments: [
            "acme/training/../../etc/passwd@x", "other/repo/.github/workflows/x.yml@x", "acme/training/@x",
            "acme/training",
        ])
    func workflowPath(ref: String) {
        let files = MemoryFiles()
        _ = refusal(
            [
                "GITHUB_JOB": "publish", "GITHUB_WORKSPACE": "/w", "GITHUB_REPOSITORY": "acme/training",
                "GITHUB_WORKFLOW_REF": .init(ref),
            ], files: files)
        #expect(files.reads.isEmpty)
    }

    @Test("names a job by everything that tells it from others, and by no secret")
    func jobID() {
        let names = Set(Provider.gitHubActions.jobVariables.map(\.name))
        #expect(names.isSuperset(of: ["GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"]))
        #expect(names.contains("ACTIONS_ID_TOKEN_REQUEST_URL"))
        #expect(!names.contains("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    }

    @Test("fills in the Hub's form for a job on a branch")
    func publisher() throws {
        let form = Provider.gitHubActions.publisher(
            try testClaims([
                "iss": "https://token.actions.githubusercontent.com", "repository": "acme/training",
                "ref": "refs/heads/feature/x", "workflow_ref": "acme/training/.github/workflows/p.yml@refs/heads/main",
                "job_workflow_ref": "acme/training/.github/workflows/p.yml@refs/heads/main",
                "environment": "production",
                "repository_id": "12", "repository_owner_id": "34",
            ]))
        #expect(form.preset == "GitHub")
        #expect(
            form.rows.map { [$0.claim, $0.value] } == [
                ["repository", "acme/training"], ["branch", "feature/x"], ["workflow", "p.yml"],
                ["environment", "production"],
            ])
        #expect(
            form.tighter.map { [$0.claim, $0.value] } == [["repository_id", "12"], ["repository_owner_id", "34"]])
        #expect(form.issuer == "https://token.actions.githubusercontent.com")
    }

    @Test("gives a tag as the raw claim, and the reusable workflow as well as its caller")
    func publisherOfTag() throws {
        let callee = "acme/shared/.github/workflows/q.yml@refs/tags/v1"
        let form = Provider.gitHubActions.publisher(
            try testClaims([
                "ref": "refs/tags/v1", "workflow_ref": "acme/training/.github/workflows/p.yml@refs/heads/main",
                "job_workflow_ref": .string(callee),
            ]))
        #expect(form.rows.map { [$0.claim, $0.value] } == [["ref", "refs/tags/v1"], ["workflow", "p.yml"]])
        #expect(form.tighter.map { [$0.claim, $0.value] } == [["job_workflow_ref", callee]])
        #expect(form.issuer == "https://token.actions.githubusercontent.com")
    }
}
