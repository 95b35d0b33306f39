@testable import HFMintCore
import HFMintTesting
import Testing

/// What each provider's claims leave open, and what closes it.
@Suite("access concerns")
struct AccessConcernTests {
    typealias Claims = [String: String]

    private func concerns(_ issuer: String, _ claims: Claims) -> [AccessConcern] {
        let place = ManifestPlace(file: "m", path: "grants[0]", line: 1)
        let role = Role(name: "r", access: .read, power: .resources([]), extends: nil, place: place)
        let grant = Grant(
            place: place, name: nil, role: "r", issuer: Array(issuer.utf8),
            claims: claims.sorted { $0.key < $1.key }.map {
                Grant.Claim(name: Array($0.key.utf8), value: Array($0.value.utf8))
            }, extends: nil)
        return AccessGraph(policies: [Policy(manifest: "m", digest: "", roles: [role], grants: [grant])]).concerns
    }

    private func reasons(_ issuer: String, _ claims: Claims, _ kind: AccessConcern.Kind) -> [String] {
        concerns(issuer, claims).filter { $0.kind == kind }.map(\.reason)
    }

    private static let gitHub = "https://token.actions.githubusercontent.com"
    private static let gitHubs = [
        gitHub, gitHub + "/acme", "https://token.actions.acme.ghe.com", "https://git.acme.example/_services/token",
        "https://code.acme.example/api/actions", "https://elsewhere.example",
    ]
    private static let gitLabs = ["https://gitlab.com", "https://gitlab.acme.example"]
    private static let circle = "https://oidc.circleci.com/org/1f2e"
    private static let buildkite = "https://agent.buildkite.com"
    private static let bitbucket = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"

    private static let open: [(issuers: [String], claims: Claims, words: String)] = [
        (gitLabs, ["project_path": "acme/e", "ref": "main"], "a tag may have the name 'main'"),
        (gitLabs, ["project_id": "7", "ref": "main", "ref_protected": "true"], "a tag may have the name 'main'"),
        (gitLabs, ["namespace_path": "acme", "ref": "v1"], "a tag"),
        (["https://gitlab.com"], ["sub": "project_path:acme/e:ref:main"], "a branch or a tag"),
        (["https://gitlab.com"], ["sub": "project_path:acme/e"], "names no branch"),
        (gitLabs, ["project_path": "acme/e", "environment": "production"], "any branch"),
        (
            gitLabs, ["project_path": "acme/e", "environment": "production", "environment_protected": "false"],
            "any branch"
        ),
        (gitLabs, ["project_path": "acme/e", "pipeline_source": "merge_request_event"], "strangers"),
        (gitLabs, ["project_path": "acme/e", "user_login": "ada"], "alone"),
        (["https://gitlab.com"], ["ref": "main", "ref_type": "branch"], "whose job it is"),
        (gitHubs, ["repository": "acme/t", "workflow": "Publish"], "any workflow file may call itself 'Publish'"),
        (gitHubs, ["repository": "acme/t", "ref": "refs/heads/main", "workflow": "Publish"], "add workflow_ref"),
        (gitHubs, ["repository": "acme/t", "environment": "production"], "any branch may use the environment"),
        (gitHubs, ["repository": "acme/t", "head_ref": "main"], "whoever opens a pull request"),
        (gitHubs, ["repository": "acme/t", "base_ref": "main"], "every pull request"),
        (gitHubs, ["repository": "acme/t", "actor": "ada"], "alone"),
        (gitHubs, ["job_workflow_ref": "acme/w/.github/workflows/p.yml@refs/heads/main"], "any repository may call"),
        (gitHubs, ["repository_id": "1", "event_name": "push"], "happens on every branch"),
        (
            gitHubs, ["repository": "acme/t", "event_name": "pull_request", "ref_type": "branch"],
            "happens on every branch"
        ),
        (gitHubs, ["repository": "acme/t", "event_name": "workflow_dispatch"], "add ref=refs/heads/"),
        ([gitHub], ["repository_owner_id": "1", "ref": "refs/heads/main"], "every repository"),
        (gitHubs, ["repository_owner": "acme", "environment": "p", "ref": "refs/heads/main"], "every repository"),
        (gitHubs, ["repository": "acme/t", "ref": "refs/pull/1/merge"], "names a pull request"),
        (gitHubs, ["repository": "acme/t", "environment": "p", "ref": "refs/pull/1/merge"], "names a pull request"),
        (
            gitHubs, ["repository": "acme/t", "workflow_ref": "acme/t/.github/workflows/p.yml@refs/pull/1/merge"],
            "names a pull request"
        ),
        ([gitHub], ["sub": "repo:acme/t:ref:refs/pull/1/merge"], "names a pull request"),
        (gitLabs, ["project_id": "1", "pipeline_source": "push"], "every branch may have a pipeline"),
        (gitLabs, ["project_path": "acme/e", "pipeline_source": "trigger"], "add ref_path=refs/heads/"),
        (gitLabs, ["namespace_id": "1", "ref_path": "refs/heads/main"], "every project"),
        (gitLabs, ["namespace_path": "acme", "ref": "main", "ref_type": "branch"], "every project"),
        (gitLabs, ["project_id": "1", "ref_path": "refs/merge-requests/1/head"], "names a merge request"),
        ([gitHub], ["sub": "repo:acme/t:environment:production"], "any branch may use"),
        ([gitHub], ["sub": "repo:acme/t:pull_request"], "every pull request"),
        ([gitHub], ["sub": "repo:acme/t"], "a repository alone"),
        ([gitHub], ["ref": "refs/heads/main"], "whose job it is"),
        ([gitHub], ["environment": "production", "ref": "refs/heads/main"], "whose job it is"),
        ([circle], ["oidc.circleci.com/project-id": "p", "oidc.circleci.com/vcs-ref": "refs/heads/main"], "a fork"),
        ([circle], ["sub": "org/1/project/2/user/3"], "names no branch"),
        ([buildkite], ["pipeline_id": "p", "build_branch": "main"], "a tag or of a fork's"),
        ([buildkite], ["organization_slug": "acme", "pipeline_slug": "train"], "alone"),
        ([buildkite], ["build_branch": "main"], "whose job it is"),
        ([bitbucket], ["repositoryUuid": "{1}", "deploymentEnvironmentUuid": "{2}"], "any branch"),
        ([bitbucket], ["branchName": "main"], "every repository"),
        (["https://accounts.google.com"], ["aud": "https://huggingface.co"], "whose job it is"),
        (["https://oidc.codefresh.io"], ["account_id": "a", "scm_ref": "main"], "a tag may have the name"),
        (["https://app.terraform.io"], ["terraform_workspace_id": "ws-1"], "a pull request may start a plan"),
        (
            ["https://app.terraform.io"], ["terraform_workspace_id": "ws-1", "terraform_run_phase": "plan"],
            "a pull request may start a plan"
        ),
        (
            ["https://app.terraform.io"], ["sub": "organization:a:project:b:workspace:c:run_phase:plan"],
            "a pull request may start a plan"
        ),
        (["https://kube.acme.example"], ["sub": "system:serviceaccount:ml:default"], "every pod"),
        (["https://ci.acme.example"], ["repo": "acme/t", "branch": "main"], "a branch or a tag"),
        (["https://ci.acme.example"], ["sub": "job", "ref_name": "main"], "a branch or a tag"),
        (["https://ci.acme.example"], ["sub": "job", "ref": "main"], "a branch or a tag"),
    ]

    @Test("name what a claim leaves open", arguments: open.indices)
    func opens(index: Int) {
        let row = Self.open[index]
        for issuer in row.issuers {
            let found = reasons(issuer, row.claims, .wide)
            #expect(found.contains { $0.hasPart(row.words) }, "\(issuer) \(row.claims): \(found)")
        }
    }

    private static let closed: [(issuers: [String], claims: Claims)] = [
        (gitLabs, ["project_path": "acme/e", "ref": "main", "ref_type": "branch"]),
        (gitLabs, ["project_path": "acme/e", "ref_path": "refs/heads/main"]),
        (gitLabs, ["project_path": "acme/e", "environment": "p", "environment_protected": "true"]),
        (gitLabs, ["project_path": "acme/e", "environment": "p", "ref": "main", "ref_type": "branch"]),
        (["https://gitlab.com"], ["sub": "project_path:acme/e:ref_type:branch:ref:main"]),
        (gitLabs, ["project_path": "acme/e", "ref_path": "refs/heads/main", "pipeline_source": "push"]),
        (gitHubs, ["repository": "acme/t", "ref": "refs/heads/main"]),
        (gitHubs, ["repository": "acme/t", "ref": "refs/heads/main", "environment": "p", "event_name": "push"]),
        (
            gitHubs,
            ["repository": "acme/t", "workflow": "P", "workflow_ref": "acme/t/.github/workflows/p.yml@refs/heads/main"]
        ),
        ([gitHub], ["sub": "repo:acme/t:ref:refs/heads/main"]),
        ([gitHub], ["sub": "repo:acme@1/t@2:ref:refs/heads/main"]),
        (
            [circle],
            ["oidc.circleci.com/vcs-origin": "github.com/acme/t", "oidc.circleci.com/vcs-ref": "refs/heads/main"]
        ),
        ([bitbucket], ["repositoryUuid": "{1}", "branchName": "main"]),
        ([buildkite], ["pipeline_id": "p", "step_key": "publish"]),
        (["https://accounts.google.com"], ["sub": "1234"]),
        (["https://app.terraform.io"], ["terraform_workspace_id": "ws-1", "terraform_run_phase": "apply"]),
        (["https://app.terraform.io"], ["sub": "organization:a:project:b:workspace:c:run_phase:apply"]),
        (gitHubs, ["repository": "acme/t", "event_name": "push", "ref": "refs/heads/main"]),
        (gitHubs, ["repository": "acme/t", "event_name": "schedule"]),
        (
            gitHubs,
            [
                "repository_owner": "acme", "ref": "refs/heads/main",
                "job_workflow_ref": "acme/w/.github/workflows/p.yml@refs/heads/main",
            ]
        ),
        (gitLabs, ["project_id": "7", "ref_path": "refs/heads/main", "pipeline_source": "web"]),
        (gitLabs, ["project_id": "7", "ref_protected": "true", "pipeline_source": "web"]),
        (["https://1a.tokens.sts.global.api.aws"], ["sub": "arn:aws:iam::1:role/publisher"]),
        (["https://oidc.fly.io/acme"], ["app_id": "1"]),
        (["https://kube.acme.example"], ["sub": "system:serviceaccount:ml:publisher"]),
        (["https://ci.acme.example"], ["sub": "job", "ref": "main", "ref_type": "branch"]),
        (["https://ci.acme.example"], ["sub": "job", "ref": "refs/heads/main"]),
    ]

    @Test("say nothing where another claim closes it", arguments: closed.indices)
    func closes(index: Int) {
        let row = Self.closed[index]
        for issuer in row.issuers {
            let found = reasons(issuer, row.claims, .wide) + reasons(issuer, row.claims, .never)
            #expect(found.isEmpty, "\(issuer) \(row.claims): \(found)")
        }
    }

    @Test(
        "a name that can change hands is told, and no number",
        arguments: [
            (gitHub, ["repository": "acme/t", "ref": "refs/heads/main"], "'repository'", ["repository_id": "1"]),
            (gitHub, ["repository": "acme/t", "ref": "refs/heads/main"], "'repository'", ["repository_owner_id": "1"]),
            (gitHub, ["sub": "repo:acme/t:ref:refs/heads/main"], "'sub'", ["repository_id": "1"]),
            (gitHub, ["repository_id": "1", "actor": "ada"], "'actor'", ["actor_id": "1"]),
            (
                "https://gitlab.com", ["project_path": "acme/e", "ref_path": "refs/heads/main"], "'project_path'",
                ["project_id": "1"]
            ),
            (buildkite, ["organization_id": "1", "pipeline_slug": "t"], "'pipeline_slug'", ["pipeline_id": "1"]),
            ("https://oidc.fly.io/acme", ["app_name": "t"], "'app_name'", ["app_id": "1"]),
            ("https://accounts.google.com", ["email": "p@acme.iam.gserviceaccount.com"], "'email'", ["sub": "1"]),
            (
                "https://oidc.codefresh.io", ["account_id": "1", "pipeline_name": "t"], "'pipeline_name'",
                ["pipeline_id": "1"]
            ),
        ])
    func renames(issuer: String, claims: Claims, name: String, number: Claims) {
        #expect(reasons(issuer, claims, .renamable).contains { $0.hasStart(name) })
        #expect(reasons(issuer, claims.merging(number) { $1 }, .renamable).isEmpty)
    }

    @Test(
        "what no ID token says is told",
        arguments: [
            (circle, "oidc.circleci.com/vcs-ref", "main"), (circle, "oidc.circleci.com/ssh-rerun", "false"),
            (circle, "oidc.circleci.com/context-ids", "1"), (bitbucket, "sub", "{1}:{2}"),
            (bitbucket, "stepUuid", "{1}"), (bitbucket, "repositoryUuid", "1"),
            (bitbucket, "branchName", "refs/heads/main"), (buildkite, "build_branch", "refs/heads/main"),
            (gitHub, "repository", "t"), (gitHub, "repository", "https://github.com/acme/t"),
            (gitHub, "repository", "acme/"), (gitHub, "repository_owner", "acme/t"),
            (gitHub, "repository_id", "acme/t"), (gitHub, "ref_protected", "yes"), (gitHub, "ref_type", "refs/heads"),
            ("https://gitlab.com", "project_id", "acme/e"), ("https://gitlab.com", "groups_direct", "acme"),
            ("https://gitlab.com", "environment_protected", "1"), ("https://gitlab.com", "ref_type", "heads"),
            (buildkite, "sub", "organization:acme:pipeline:t:ref:refs/heads/main:commit:1:step:p"),
            (gitHub, "workflow_ref", "acme/t/.github/workflows/p.yml"), (gitHub, "ref", "main"),
            ("https://gitlab.com", "ref", "refs/heads/main"), ("https://gitlab.com", "ref_path", "main"),
            (gitHub + "/", "repository", "acme/t"), ("https://gitlab.com/", "project_path", "acme/e"),
            ("https://agent.buildkite.com/", "pipeline_id", "1"),
        ])
    func never(issuer: String, claim: String, value: String) {
        #expect(!reasons(issuer, [claim: value], .never).isEmpty)
    }

    @Test("every event that an exchange refuses is told, and the other way around")
    func events() throws {
        let job = Provider.Job(environment: [:], files: MemoryFiles([:]))
        for provider in allProviders {
            guard let events = provider.claims.events else { continue }
            for event in events.always + events.perhaps {
                let told = reasons(provider.claims.issuers.first ?? "https://ci.example", [events.claim: event], .wide)
                #expect(
                    told.contains { $0.hasPart("strangers can cause the event '\(event)'") },
                    "\(provider.name) \(event)")
            }
            for event in events.always {
                #expect(
                    provider.untrustedEvent(job, try testClaims([events.claim: .init(stringLiteral: event)])) != nil)
            }
        }
        #expect(allProviders.filter { $0.claims.events != nil }.count == 4)
        for event in ["push", "workflow_dispatch", "schedule", "release", "pull_request"] {
            #expect(!reasons(Self.gitHub, ["event_name": event], .wide).contains { $0.hasPart("strangers") })
        }
    }

    @Test("an issuer is known with what may stand in its middle, and not by its beginning or end alone")
    func issuers() {
        for (issuer, isKnown) in [
            (Self.gitHub, true), (Self.gitHub + "/acme", true), (Self.gitHub + ".evil.example", false),
            ("https://gitlab.com", true),
            ("https://token.actions..ghe.com", false), ("https://x/_services/token", true),
            ("https:///_services/token", false),
        ] {
            #expect(allProviders.contains { $0.claims.issues(issuer) } == isKnown, "\(issuer)")
        }
    }
}
