import HFMintCLI
import HFMintCore
import HFMintTesting
import Testing

@Suite("hfmint alone")
struct OverviewTests {
    private func overview(_ environment: Environment, _ files: MemoryFiles = MemoryFiles()) -> (
        status: Int32, out: String, err: String
    ) {
        let machine = FakeMachine(environment, files: files)
        let status = runTool([], in: machine.context)
        return (status, machine.output.out, machine.output.err)
    }

    @Test("says what is here, and the exact next command")
    func ready() {
        let result = overview(["GITLAB_CI": "true", "HF_ID_TOKEN": "x", "HFMINT_RESOURCE": "acme/model"])
        #expect(
            result.out == """
                provider   GitLab CI (GITLAB_CI=true)
                ID token   from HF_ID_TOKEN, the same one for the whole job
                next       eval "$(hfmint exchange acme/model)"

                """)
        #expect(result.status == 0)
    }

    @Test(
        "suggests no command with a resource that is none", arguments: ["$(id)", "a b", "x\n::error::y", "a/b\"; id"])
    func ambient(value: String) {
        let result = overview(["GITLAB_CI": "true", "HF_ID_TOKEN": "x", "HFMINT_RESOURCE": .init(value)])
        #expect(result.out.hasSuffix("next       eval \"$(hfmint exchange owner/name)\"\n"))
    }

    @Test("says what a job lacks, with the exit status that an exchange would have")
    func refused() {
        let result = overview(["GITHUB_ACTIONS": "true"])
        #expect(result.status == 3)
        #expect(result.err.contains("[identity-denied]") && result.err.contains("permissions: id-token: write"))
    }

    @Test(
        "is no failure outside CI, and shows the lines for the pipeline that lies in the repository",
        arguments: [
            (".github/workflows", "GitHub Actions"), (".gitlab-ci.yml", "GitLab CI"),
        ])
    func outside(marker: String, title: String) {
        let files = MemoryFiles(
            kinds: ["/repo/\(marker)": .directory, "/repo/.git": .directory], workingDirectory: "/repo/deep/er")
        let result = overview([:], files)
        #expect(result.status == 0)
        #expect(result.out.contains("the repository uses \(title)"))
        #expect(result.out.contains("hfmint exchange acme/model"))
    }

    @Test("looks for a pipeline no further up than the repository's top")
    func top() {
        let files = MemoryFiles(
            kinds: ["/.github/workflows": .directory, "/repo/.git": .directory], workingDirectory: "/repo/deep")
        #expect(overview([:], files).out.contains("this is not a CI job that hfmint knows"))
    }
}
