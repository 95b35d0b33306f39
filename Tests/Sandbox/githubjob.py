"""A GitHub Actions job: what it is, what its ID token claims, and what its event file says.

https://docs.github.com/en/actions/reference/security/oidc ·
https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cached_property

from .keys import Claims
from .sentinel import MARKER

ISSUER = "https://token.actions.githubusercontent.com"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
LIFETIME = 300
NOT_BEFORE = 600
FROM_PULL_REQUESTS = ("pull_request", "pull_request_target")


@dataclass
class GitHubJob:
    """One job, described as its author would; every value may be set.

    `callee` is a reusable workflow's `job_workflow_ref`, `immutable` gives the `sub` of
    repositories made since July 2026, `triggered_by` is the event behind a `workflow_run`, `fork`
    says that the change comes from a fork, and `claims` is laid over the token's claims last
    (a value of `None` removes one). `id_token` is the permission: by default what GitHub gives.
    """

    repository: str = "acme/training"
    ref: str = ""
    workflow: str = "publish.yml"
    workflow_name: str = "Publish"
    event: str = "push"
    environment: str = ""
    actor: str = "octocat"
    callee: str = ""
    fork: bool = False
    triggered_by: str = "push"
    immutable: bool = False
    id_token: bool | None = None
    issuer: str = ISSUER
    server: str = "https://github.com"
    repository_id: str = "456"
    owner_id: str = "123"
    actor_id: str = "583231"
    visibility: str = "private"
    runner_environment: str = "github-hosted"
    run_attempt: str = "1"
    claims: Claims = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The account that the repository belongs to."""
        return self.repository.partition("/")[0]

    @property
    def full_ref(self) -> str:
        """The ref that the job runs on: a pull request's own, unless one was given."""
        if self.ref:
            return self.ref
        return "refs/pull/7/merge" if self.event == "pull_request" else "refs/heads/main"

    @property
    def ref_type(self) -> str:
        """`branch` or `tag`."""
        return "tag" if self.full_ref.startswith("refs/tags/") else "branch"

    @property
    def ref_name(self) -> str:
        """The ref without `refs/heads/` and its like."""
        return self.full_ref.split("/", 2)[2]

    @property
    def workflow_ref(self) -> str:
        """The caller's workflow file and ref."""
        return f"{self.repository}/.github/workflows/{self.workflow}@{self.full_ref}"

    @property
    def base_ref(self) -> str:
        """The branch that a pull request would change, or nothing."""
        return "main" if self.event in FROM_PULL_REQUESTS else ""

    @property
    def head_ref(self) -> str:
        """The branch that a pull request comes from, or nothing."""
        return "feature" if self.event in FROM_PULL_REQUESTS else ""

    @cached_property
    def run_id(self) -> str:
        """Different in each job, as on GitHub."""
        return str(uuid.uuid4().int % 10**11)

    @property
    def may_have_id_token(self) -> bool:
        """Whether the runner gets a token URL: never for a fork's or Dependabot's own pull request.

        https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
        """
        if self.id_token is not None:
            return self.id_token
        return not (self.event == "pull_request" and (self.fork or self.is_dependabot))

    @property
    def is_dependabot(self) -> bool:
        """Whether Dependabot started it."""
        return self.actor == "dependabot[bot]"

    @property
    def subject(self) -> str:
        """`sub`: an environment wins over a pull request, which wins over the ref."""
        repository = self.repository
        if self.immutable:
            owner, _, name = repository.partition("/")
            repository = f"{owner}@{self.owner_id}/{name}@{self.repository_id}"
        if self.environment:
            return f"repo:{repository}:environment:{self.environment.replace(':', '%3A')}"
        if self.event == "pull_request":
            return f"repo:{repository}:pull_request"
        return f"repo:{repository}:ref:{self.full_ref}"

    def id_token_claims(self, audience: str | None, now: int) -> Claims:
        """Every documented claim; the lifetime and `nbf` are those that were seen in the wild."""
        claims: Claims = {
            "jti": f"{MARKER}-{uuid.uuid4()}",
            "sub": self.subject,
            "aud": audience or f"{self.server}/{self.owner}",
            "ref": self.full_ref,
            "sha": SHA,
            "repository": self.repository,
            "repository_owner": self.owner,
            "repository_owner_id": self.owner_id,
            "run_id": self.run_id,
            "run_number": "10",
            "run_attempt": self.run_attempt,
            "repository_visibility": self.visibility,
            "repository_id": self.repository_id,
            "actor_id": self.actor_id,
            "actor": self.actor,
            "workflow": self.workflow_name,
            "head_ref": self.head_ref,
            "base_ref": self.base_ref,
            "event_name": self.event,
            "ref_protected": "true",
            "ref_type": self.ref_type,
            "workflow_ref": self.workflow_ref,
            "workflow_sha": SHA,
            "job_workflow_ref": self.callee or self.workflow_ref,
            "job_workflow_sha": SHA,
            "runner_environment": self.runner_environment,
            "check_run_id": "39182736450",
            "iss": self.issuer,
            "nbf": now - NOT_BEFORE,
            "exp": now + LIFETIME,
            "iat": now,
        }
        if self.environment:
            claims["environment"] = self.environment
        merged = claims | self.claims
        return {name: value for name, value in merged.items() if value is not None}

    def event_payload(self) -> dict[str, object]:
        """The event file, as far as anything reads it.

        https://docs.github.com/en/webhooks/webhook-events-and-payloads
        """
        payload: dict[str, object] = {
            "repository": self._repository(self.repository, fork=False),
            "sender": {"login": self.actor, "id": int(self.actor_id)},
        }
        match self.event:
            case "pull_request" | "pull_request_target":
                payload |= {"action": "opened", "number": 7, "pull_request": self._pull_request()}
            case "workflow_run":
                payload |= {"action": "completed", "workflow_run": self._workflow_run()}
            case "issue_comment":
                payload |= {"action": "created", "issue": {"number": 7}, "comment": {"body": "!"}}
            case "push":
                payload |= {"ref": self.full_ref, "after": SHA, "forced": False}
        return payload

    def _head_repository(self) -> dict[str, object]:
        name = self.repository.partition("/")[2]
        return self._repository(f"stranger/{name}" if self.fork else self.repository, self.fork)

    def _repository(self, full_name: str, fork: bool) -> dict[str, object]:
        owner, _, name = full_name.partition("/")
        return {"full_name": full_name, "name": name, "owner": {"login": owner}, "fork": fork}

    def _pull_request(self) -> dict[str, object]:
        return {
            "number": 7,
            "head": {"ref": "feature", "sha": SHA, "repo": self._head_repository()},
            "base": {"ref": "main", "repo": self._repository(self.repository, fork=False)},
            "user": {"login": self.actor},
        }

    def _workflow_run(self) -> dict[str, object]:
        return {
            "event": self.triggered_by,
            "name": "CI",
            "conclusion": "success",
            "head_branch": "feature",
            "head_repository": self._head_repository(),
            "repository": self._repository(self.repository, fork=False),
            "pull_requests": [],
        }
