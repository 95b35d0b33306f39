/// Claims that all jobs of a repository, an owner or an instance share: alone they let every branch and workflow in.
package enum WideClaims {
    static let names = [
        "iss", "aud", "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility",
        "project_path", "project_id", "namespace_path", "namespace_id", "project_visibility", "runner_environment",
        "enterprise", "enterprise_id", "repositoryUuid", "workspaceUuid", "organization_slug", "organization_id",
        "oidc.circleci.com/org-id", "oidc.circleci.com/project-id", "ref_type",
    ]

    package static func contains(_ name: String) -> Bool { names.contains { $0.utf8.elementsEqual(name.utf8) } }
}
