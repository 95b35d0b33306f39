import HFMintCore
import HFMintTesting
import Testing

@Suite("github-actions events")
struct GitHubEventTests {
    private func reason(
        _ event: String, claim: ClaimValue? = nil, file: String? = nil
    ) throws -> String? {
        let files = MemoryFiles(file.map { ["/event": $0] } ?? [:])
        let job = Provider.Job(
            environment: ["GITHUB_EVENT_NAME": .init(event), "GITHUB_EVENT_PATH": "/event"], files: files)
        return Provider.gitHubActions.untrustedEvent(job, try testClaims(claim.map { ["event_name": $0] } ?? [:]))
    }

    private static func run(event: String, head: String, own: String = "acme/training") -> String {
        #"{"workflow_run":{"event":"\#(event)","head_repository":{"full_name":"\#(head)"}},"#
            + #""repository":{"full_name":"\#(own)"}}"#
    }

    @Test(
        "that nobody but the repository's own people can cause are trusted",
        arguments: [
            "push", "workflow_dispatch", "schedule", "release", "merge_group", "repository_dispatch", "deployment", "",
        ])
    func trusted(event: String) throws {
        #expect(try reason(event) == nil)
        #expect(try reason("", claim: .string(event)) == nil)
    }

    @Test(
        "that strangers can cause are not",
        arguments: [
            "pull_request_target", "issue_comment", "issues", "discussion", "discussion_comment", "fork", "watch",
        ])
    func untrusted(event: String) throws {
        let text = "'\(event)' can be triggered by anyone"
        #expect(try reason(event) == text)
        #expect(try reason("", claim: .string(event)) == text)
        // What the issuer says counts, not a variable that a step could set.
        #expect(try reason("push", claim: .string(event)) == text)
        #expect(try reason(event, claim: "push") == nil)
    }

    @Test(
        "of a pull request are trusted unless it comes from a fork",
        arguments: [
            (#"{"pull_request":{"head":{"repo":{"fork":true}}}}"#, false),
            (#"{"pull_request":{"head":{"repo":{"fork":false}}}}"#, true),
        ])
    func pullRequest(file: String, isTrusted: Bool) throws {
        #expect((try reason("pull_request", file: file) == nil) == isTrusted)
        #expect((try reason("pull_request", claim: "pull_request", file: file) == nil) == isTrusted)
        #expect((try reason("push", claim: "pull_request", file: file) == nil) == isTrusted)
    }

    @Test(
        "of a workflow are as trusted as the run behind them",
        arguments: [
            (run(event: "push", head: "acme/training"), nil),
            (run(event: "schedule", head: "acme/training"), nil),
            (run(event: "push", head: "stranger/training"), "the run behind this 'workflow_run' was a fork's"),
            (run(event: "push", head: "Acme/training"), "the run behind this 'workflow_run' was a fork's"),
            (
                run(event: "pull_request", head: "acme/training"),
                "the run behind this 'workflow_run' was a pull request"
            ),
            (
                run(event: "pull_request_target", head: "acme/training"),
                "the run behind this 'workflow_run' was a pull request"
            ),
        ])
    func workflowRun(file: String, text: String?) throws {
        #expect(try reason("workflow_run", file: file) == text)
    }

    @Test(
        "of a workflow are not trusted where the run behind them cannot be seen",
        arguments: [
            nil, "", "{", "{}", #"{"workflow_run":{}}"#, #"{"workflow_run":{"event":"push"}}"#,
            #"{"workflow_run":{"event":"push","head_repository":null},"repository":{"full_name":"a/b"}}"#,
            #"{"workflow_run":{"event":"push","head_repository":{"full_name":"a/b"}}}"#,
            #"{"workflow_run":{"event":"push","head_repository":{"full_name":"a/b"}},"repository":{"full_name":"a/b"},"x":1,"x":2}"#,
        ])
    func unreadable(file: String?) throws {
        #expect(try reason("workflow_run", file: file)?.contains("without a readable event file") == true)
    }
}
