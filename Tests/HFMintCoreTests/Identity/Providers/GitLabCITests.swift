import HFMintCore
import HFMintTesting
import Testing

@Suite("gitlab-ci")
struct GitLabCITests {
    private func acquisition(_ environment: Environment) throws -> Acquisition {
        let job = Provider.Job(environment: environment, files: MemoryFiles())
        return try Provider.gitLabCI.acquisition(job, "https://huggingface.co")
    }

    @Test(
        "is here only where GITLAB_CI is exactly 'true', and asked after GitHub",
        arguments: [
            (["GITLAB_CI": "true"], "gitlab-ci"), (["GITLAB_CI": "True"], nil), (["GITLAB_CI": ""], nil),
            (["GITLAB_CI": "true", "GITHUB_ACTIONS": "true"], "github-actions"), ([:], nil),
        ] as [(Environment, String?)])
    func detection(environment: Environment, name: String?) {
        #expect(Provider.detected(in: Provider.Job(environment: environment, files: MemoryFiles()))?.name == name)
    }

    @Test("reads the variable that the Hub's documentation names")
    func documented() throws {
        let acquisition = try acquisition(["HF_ID_TOKEN": "x"])
        #expect(acquisition == .variable("HF_ID_TOKEN"))
        #expect(!acquisition.canMintAgain)
    }

    @Test("suggests a variable with another name that would do, and does not use it")
    func suggests() {
        let jwt = unsignedJWT(["aud": ["x", "https://huggingface.co"]])
        let error = #expect(throws: MintError.self) {
            try acquisition(["MY_TOKEN": .init(jwt), "OTHER": .init(unsignedJWT(["aud": "https://x"])), "CI": "true"])
        }
        #expect(error?.code == .identityDenied)
        #expect(error?.hint?.contains("'MY_TOKEN' holds an ID token for https://huggingface.co") == true)
        #expect(error.map { "\($0)" }?.contains("eyJ") == false)
    }

    @Test("says which lines a job without a token needs")
    func missing() {
        let error = #expect(throws: MintError.self) {
            try acquisition(["TOKEN": .init(unsignedJWT(["aud": "https://x"])), "HF_ID_TOKEN": ""])
        }
        #expect(error?.code == .identityDenied)
        #expect(error?.message == "gitlab-ci: this job has no ID token (HF_ID_TOKEN is not set)")
        #expect(error?.hint == "add to the job: `id_tokens: { HF_ID_TOKEN: { aud: https://huggingface.co } }`")
    }

    @Test(
        "distrusts a merge request that comes from a fork",
        arguments: [
            ([:], true), (["CI_PIPELINE_SOURCE": "push"], true),
            (
                [
                    "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
                    "CI_MERGE_REQUEST_PROJECT_ID": "1",
                ], true
            ),
            (
                [
                    "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2",
                    "CI_MERGE_REQUEST_PROJECT_ID": "1",
                ], false
            ),
            (["CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_PROJECT_ID": "1"], false),
            (
                [
                    "CI_PIPELINE_SOURCE": "push", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2",
                    "CI_MERGE_REQUEST_PROJECT_ID": "1",
                ], true
            ),
        ] as [(Environment, Bool)])
    func events(environment: Environment, isTrusted: Bool) throws {
        let job = Provider.Job(environment: environment, files: MemoryFiles())
        #expect((Provider.gitLabCI.untrustedEvent(job, try testClaims([:])) == nil) == isTrusted)
    }

    @Test("fills in the Hub's form, and says what would be tighter")
    func publisher() throws {
        let form = Provider.gitLabCI.publisher(
            try testClaims([
                "iss": "https://gitlab.example", "project_path": "g/p", "ref": "main", "ref_type": "branch",
                "project_id": "7", "namespace_id": "8", "ref_protected": "true", "ci_config_ref_uri": "g/p//x.yml@main",
            ]))
        #expect(form.preset == "GitLab")
        #expect(form.issuer == "https://gitlab.example")
        #expect(
            form.rows.map { [$0.claim, $0.value] } == [
                ["project_path", "g/p"], ["ref", "main"], ["ref_type", "branch"],
            ])
        #expect(form.tighter.map(\.claim) == ["project_id", "namespace_id", "ref_protected", "ci_config_ref_uri"])
    }

    @Test("names the issuer of gitlab.com where the token names none")
    func issuer() throws {
        #expect(Provider.gitLabCI.publisher(try testClaims([:])).issuer == "https://gitlab.com")
    }

    @Test("can hide nothing in its logs, and has a file for its last stage alone")
    func delivery() {
        #expect(!Provider.gitLabCI.masking.canMask(in: [:]))
        #expect(Provider.gitHubActions.masking.canMask(in: [:]))
        #expect(Provider.gitLabCI.stepFiles.fileVariables == ["GITLAB_ENV"])
    }
}
