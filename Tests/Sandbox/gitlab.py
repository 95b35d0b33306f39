"""GitLab CI as a job sees it: ID tokens minted before it starts, and its variables.

https://docs.gitlab.com/ci/secrets/id_token_authentication/ ·
https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .keys import SigningKey
from .sentinel import MARKER, Sentinels
from .server import Server
from .wire import Request, Response, json_response

SHA = "ac4c94de15e72ab4e8a7a4f1cf3fae4f4e1a2b37"


@dataclass
class GitLabJob:
    """One job. `id_tokens` are the audiences by variable, as under `id_tokens:` in the YAML."""

    project: str = "acme/training"
    ref: str = "main"
    ref_type: str = "branch"
    source: str = "push"
    environment: str = ""
    issuer: str = "https://gitlab.com"
    login: str = "tanuki"
    timeout: int = 3600
    id_tokens: Mapping[str, str] = field(
        default_factory=lambda: {"HF_ID_TOKEN": "https://huggingface.co"}
    )
    claims: Mapping[str, object] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """The group that the project is in."""
        return self.project.rpartition("/")[0]

    @property
    def ref_path(self) -> str:
        """The ref in full."""
        return f"refs/{'tags' if self.ref_type == 'tag' else 'heads'}/{self.ref}"


class GitLab(Server):
    """The instance. Nothing can be minted at run time: the tokens come with the job."""

    def __init__(self, secrets: Sentinels, job: GitLabJob | None = None) -> None:
        super().__init__()
        self.secrets = secrets
        self.job = job or GitLabJob()
        self.key = SigningKey.shared("gitlab")
        self.job_id = str(uuid.uuid4().int % 10**10)
        self.route("GET", "/.well-known/openid-configuration", self._discovery)
        self.route("GET", "/oauth/discovery/keys", lambda _: json_response(200, self.key.jwks))

    def id_token(self, aud: str | list[str] = "https://huggingface.co", **claims: object) -> str:
        """An ID token of the job; `claims` are laid over the others (`None` removes one)."""
        job, now = self.job, int(self.now())
        base: dict[str, object] = {
            "namespace_id": "72",
            "namespace_path": job.namespace,
            "project_id": "20",
            "project_path": job.project,
            "project_visibility": "private",
            "user_id": "1",
            "user_login": job.login,
            "user_email": f"{job.login}@acme.example",
            "user_access_level": "maintainer",
            "pipeline_id": "574",
            "pipeline_source": job.source,
            "job_id": self.job_id,
            "ref": job.ref,
            "ref_type": job.ref_type,
            "ref_path": job.ref_path,
            "ref_protected": "true",
            "runner_id": 1,
            "runner_environment": "gitlab-hosted",
            "sha": SHA,
            "ci_config_ref_uri": f"gitlab.com/{job.project}//.gitlab-ci.yml@{job.ref_path}",
            "ci_config_sha": SHA,
            "jti": f"{MARKER}-{uuid.uuid4()}",
            "iss": job.issuer,
            "iat": now,
            "nbf": now - 5,
            "exp": now + job.timeout,
            "sub": f"project_path:{job.project}:ref_type:{job.ref_type}:ref:{job.ref}",
            "aud": aud,
        }
        if job.environment:
            base |= {"environment": job.environment, "environment_protected": "true"}
        merged = base | dict(job.claims) | claims
        kept = {name: value for name, value in merged.items() if value is not None}
        return self.secrets.record("id-token", self.key.sign(kept))

    def environment(self, root: Path) -> dict[str, str]:
        """Make the job's folders below `root`; its variables, ID tokens included."""
        job = self.job
        builds = root / "builds"
        project = builds / job.project
        temp = project.with_name(f"{project.name}.tmp")
        project.mkdir(parents=True, exist_ok=True)
        temp.mkdir(exist_ok=True)
        (temp / "gitlab_runner_env").touch()
        variables = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_SERVER": "yes",
            "CI_SERVER_URL": job.issuer,
            "CI_SERVER_HOST": job.issuer.partition("://")[2].partition(":")[0],
            "CI_SERVER_NAME": "GitLab",
            "CI_API_V4_URL": f"{job.issuer}/api/v4",
            "CI_BUILDS_DIR": str(builds),
            "CI_PROJECT_DIR": str(project),
            "CI_PROJECT_ID": "20",
            "CI_PROJECT_NAME": project.name,
            "CI_PROJECT_NAMESPACE": job.namespace,
            "CI_PROJECT_PATH": job.project,
            "CI_PROJECT_URL": f"{job.issuer}/{job.project}",
            "CI_PROJECT_VISIBILITY": "private",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_SHA": SHA,
            "CI_COMMIT_REF_NAME": job.ref,
            "CI_COMMIT_TAG" if job.ref_type == "tag" else "CI_COMMIT_BRANCH": job.ref,
            "CI_COMMIT_REF_PROTECTED": "true",
            "CI_JOB_ID": self.job_id,
            "CI_JOB_NAME": "publish",
            "CI_JOB_STAGE": "deploy",
            "CI_JOB_TOKEN": self.secrets.issue("job-token", "glcbt-"),
            "CI_JOB_TIMEOUT": str(job.timeout),
            "CI_PIPELINE_ID": "574",
            "CI_PIPELINE_SOURCE": job.source,
            "CI_RUNNER_ID": "1",
            "GITLAB_USER_LOGIN": job.login,
            "GITLAB_ENV": str(temp / "gitlab_runner_env"),
        }
        if job.environment:
            variables["CI_ENVIRONMENT_NAME"] = job.environment
        tokens = {name: self.id_token(aud) for name, aud in job.id_tokens.items()}
        return variables | tokens

    def _discovery(self, _: Request) -> Response:
        document = {
            "issuer": self.job.issuer,
            "jwks_uri": f"{self.origin}/oauth/discovery/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.key.algorithm],
        }
        return json_response(200, document)
