extension Claims {
    /// The claims that may be shown: what publishers match on, and no name or address of a person.
    package static let shown = [
        "iss", "sub", "aud", "exp",
        // GitHub, Forgejo
        "repository", "repository_id", "repository_owner", "repository_owner_id", "ref", "ref_type", "event_name",
        "environment", "workflow", "workflow_ref", "job_workflow_ref", "runner_environment",
        // GitLab
        "project_path", "project_id", "namespace_path", "namespace_id", "ref_path", "ref_protected",
        "pipeline_source", "ci_config_ref_uri",
        // CircleCI
        "oidc.circleci.com/project-id", "oidc.circleci.com/vcs-origin", "oidc.circleci.com/vcs-ref",
        "oidc.circleci.com/pipeline-definition-id",
        // Buildkite
        "organization_slug", "pipeline_slug", "organization_id", "build_branch", "step_key",
        // Bitbucket
        "repositoryUuid", "branchName", "deploymentEnvironmentUuid", "workspaceUuid",
        // Fly.io
        "org_name", "app_name",
    ]
}
