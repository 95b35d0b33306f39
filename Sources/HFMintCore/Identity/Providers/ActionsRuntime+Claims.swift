extension ActionsRuntime {
    /// The events that anyone with an account can cause, and that run with the rights of the repository.
    ///
    /// <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>
    static let openEvents = ProviderClaims.OpenEvents(
        claim: "event_name",
        always: [
            "discussion", "discussion_comment", "fork", "issue_comment", "issues", "pull_request_target", "watch",
        ],
        perhaps: ["workflow_run"])

    /// The meaning of the claims of GitHub, Forgejo and Gitea, which have the same names.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc>
    static let claims = ProviderClaims(
        recognisingClaims: [
            "repository", "repository_owner", "workflow_ref", "job_workflow_ref", "event_name", "head_ref", "base_ref",
        ],
        owners: [
            "repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id",
            "sub", "workflow_ref",
        ],
        shared: [
            "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility",
            "runner_environment", "enterprise", "enterprise_id", "ref_type", "ref_protected", "actor", "actor_id",
            "triggering_actor",
        ],
        shown: [
            "repository", "repository_id", "repository_owner", "repository_owner_id", "ref", "ref_type", "event_name",
            "environment", "workflow", "workflow_ref", "job_workflow_ref", "runner_environment",
        ],
        declared: ["environment"], events: openEvents,
        looseClaims: [
            // The page of the events above says on which branch each event runs.
            LooseClaim(
                claim: "event_name", isOpen: { event in anyBranch.contains { $0.utf8.elementsEqual(event.utf8) } },
                closedBy: namesBranch + ["environment"]
            ) { "the event '\($0)' happens on every branch: add ref=refs/heads/…" },
            LooseClaim(
                claim: "ref", onlyWith: ["repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
                closedBy: ["repository", "repository_id", "workflow_ref", "job_workflow_ref", "sub"]
            ) { "every repository that the other claims let in may have '\($0)': add repository" },
            LooseClaim(claim: "workflow", closedBy: ["workflow_ref", "job_workflow_ref"]) {
                "any workflow file may call itself '\($0)': add workflow_ref, which names the file"
            },
            LooseClaim(claim: "environment", closedBy: namesBranch) {
                "any branch may use the environment '\($0)', unless the environment's own rules name the branches: add"
                    + " ref=refs/heads/…"
            },
            LooseClaim(
                claim: "sub", isOpen: { $0.hasStart("repo:") && $0.hasPart(":environment:") && !$0.hasPart(":ref:") },
                closedBy: namesBranch
            ) { _ in
                "'sub' names an environment, which any branch may use, unless the environment's own rules name the"
                    + " branches: add ref=refs/heads/…"
            },
            LooseClaim(claim: "sub", isOpen: { $0.hasStart("repo:") && $0.hasEnd(":pull_request") }) { _ in
                "'sub' means every pull request of the repository"
            },
            LooseClaim(
                claim: "sub", isOpen: { $0.hasStart("repo:") && $0.utf8.count(where: { $0 == ASCII.colon }) == 1 },
                closedBy: namesBranch
            ) { _ in "'sub' names a repository alone: add ref=refs/heads/…" },
            LooseClaim(claim: "head_ref") { "whoever opens a pull request chooses the name '\($0)', in a fork too" },
            LooseClaim(claim: "base_ref") { "every pull request that is meant for '\($0)' has it" },
            LooseClaim(
                claim: "job_workflow_ref",
                closedBy: [
                    "repository", "repository_id", "repository_owner", "repository_owner_id", "sub", "workflow_ref",
                ]
            ) { _ in "any repository may call the workflow that 'job_workflow_ref' names: add repository" },
        ]
            + ["ref", "sub", "workflow_ref", "job_workflow_ref"].map { claim in
                LooseClaim(claim: claim, isOpen: { $0.hasPart("refs/pull/") }) { _ in
                    "'\(claim)' names a pull request, whose author writes what runs there"
                }
            },
        renameableClaims: [
            RenameableClaim("repository", "repository_id", "repository_owner_id"),
            RenameableClaim("repository_owner", "repository_owner_id", "repository_id"),
            RenameableClaim("sub", "repository_id", "repository_owner_id") {
                $0.hasStart("repo:") && !$0.utf8.contains(UInt8(ascii: "@"))
            },
            RenameableClaim("workflow_ref", "repository_id", "repository_owner_id"),
            RenameableClaim("actor", "actor_id"),
        ],
        workflows: ProviderClaims.WorkflowClaims(
            caller: "workflow_ref", callee: "job_workflow_ref", file: { workflowFile($0) }), subject: subject,
        proposals: ("refs/pull/", "pull request"),
        impossibilities: { grant in
            let withoutRef = ["workflow_ref", "job_workflow_ref"].compactMap { claim -> String? in
                guard let value = grant(claim), !value.utf8.contains(UInt8(ascii: "@")) else { return nil }
                return "'\(claim)' ends with the branch or tag of the file: '\(value)@refs/heads/…'"
            }
            return withoutRef + misnamed(grant)
                + ProviderClaims.misspelt(
                    grant, numbers: ["repository_id", "repository_owner_id", "actor_id", "run_id", "run_attempt"],
                    words: [("ref_type", ProviderClaims.branchOrTag), ("ref_protected", ProviderClaims.yesOrNo)])
        })

    private static func misnamed(_ grant: ProviderClaims.Lookup) -> [String] {
        [("repository", 2, "owner/name"), ("repository_owner", 1, "the owner's name alone")].compactMap { row in
            let (claim, count, form) = row
            guard let value = grant(claim) else { return nil }
            let parts = value.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
            let isName = parts.count == count && parts.allSatisfy { !$0.isEmpty && !$0.contains(ASCII.colon) }
            return isName ? nil : "'\(claim)' is \(form), never '\(value)'"
        }
    }

    /// Returns `publish.yml` for `acme/training/.github/workflows/publish.yml@refs/heads/main`.
    private static func workflowFile(_ ref: String) -> String? {
        let path = ref.utf8.prefix { $0 != UInt8(ascii: "@") }
        return path.split(separator: ASCII.slash).last.map { String(decoding: $0, as: UTF8.self) }
    }

    private static let anyBranch = [
        "create", "deployment", "deployment_status", "merge_group", "pull_request", "pull_request_review",
        "pull_request_review_comment", "push", "workflow_dispatch",
    ]

    private static let namesBranch: [LooseClaim.Companion] = [
        "ref", "workflow_ref", "job_workflow_ref", .part(":ref:", of: "sub"),
    ]

    /// Returns the claims for the issuers of one provider, with impossibilities of its own.
    static func claims(
        of issuers: [String], also more: @escaping @Sendable (ProviderClaims.Lookup) -> [String] = { _ in [] }
    ) -> ProviderClaims {
        var claims = Self.claims
        claims.issuers = issuers
        let shared = claims.impossibilities
        claims.impossibilities = { shared($0) + more($0) }
        return claims
    }
}
