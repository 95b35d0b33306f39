"""GitHub Actions as a job sees it: the ID-token endpoint, its keys, and a job's files.

The endpoint's URL has a double slash in its path and a query already, like the real one's:
https://github.com/grafana/shared-workflows/pull/2249 · the client's half:
https://github.com/actions/toolkit/blob/main/packages/core/src/oidc-utils.ts
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from urllib.parse import unquote_plus

from .githubjob import SHA, GitHubJob
from .keys import SigningKey
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

FILE_COMMANDS = {
    "GITHUB_ENV": "set_env",
    "GITHUB_OUTPUT": "set_output",
    "GITHUB_PATH": "add_path",
    "GITHUB_STATE": "save_state",
    "GITHUB_STEP_SUMMARY": "step_summary",
}


class GitHub(Server):
    """One job's runtime. Set `job` to describe it; `key` to sign with another key.

    `api_version_required` is stricter than GitHub, which also answers clients that drop the query.
    """

    def __init__(self, secrets: Sentinels, job: GitHubJob | None = None) -> None:
        super().__init__()
        self.secrets = secrets
        self.job = job or GitHubJob()
        self.key = SigningKey.shared("github-actions")
        self.api_version_required = True
        self.runner_token = secrets.issue("runner-token", "ghr_", 64)
        self.request_path = f"/222//idtoken/{uuid.uuid4()}/{uuid.uuid4()}"
        self.route("GET", self.request_path, self._id_token)
        self.route("GET", "/.well-known/openid-configuration", self._discovery)
        self.route("GET", "/.well-known/jwks", lambda _: json_response(200, self.key.jwks))

    @property
    def request_url(self) -> str:
        """What ACTIONS_ID_TOKEN_REQUEST_URL holds."""
        return f"{self.origin}{self.request_path}?api-version=2.0"

    def id_token(self, audience: str | None = None) -> str:
        """An ID token of the job, as the endpoint would give it."""
        claims = self.job.id_token_claims(audience, int(self.now()))
        return self.secrets.record("id-token", self.key.sign(claims))

    def environment(self, root: Path) -> dict[str, str]:
        """Make the job's folders and files below `root`; the variables of its next step."""
        return {**self._files(root), **self._variables(), **self._permission()}

    def _id_token(self, request: Request) -> Response:
        if request.header("Authorization") != f"Bearer {self.runner_token}":
            return json_response(401, {"message": "The runner's token is missing or wrong"})
        pairs = [pair.partition("=")[::2] for pair in request.query.split("&")]
        query = dict(pairs)
        if len(query) != len(pairs) or not set(query) <= {"api-version", "audience"}:
            return json_response(400, {"message": "The query is not understood"})
        if query.get("api-version", "" if self.api_version_required else "2.0") != "2.0":
            return json_response(400, {"message": "api-version=2.0 is missing"})
        token = self.id_token(unquote_plus(query["audience"]) if "audience" in query else None)
        return json_response(200, {"count": len(token), "value": token})

    def _discovery(self, _: Request) -> Response:
        issuer = self.job.issuer
        document = {
            "issuer": issuer,
            "jwks_uri": f"{self.origin}/.well-known/jwks",
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "claims_supported": sorted(self.job.id_token_claims(None, 0)),
            "id_token_signing_alg_values_supported": [self.key.algorithm],
            "scopes_supported": ["openid"],
        }
        return json_response(200, document)

    def _permission(self) -> dict[str, str]:
        if not self.job.may_have_id_token:
            return {}
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.request_url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.runner_token,
        }

    def _files(self, root: Path) -> dict[str, str]:
        name = self.job.repository.partition("/")[2]
        temp, workspace = root / "_work/_temp", root / f"_work/{name}/{name}"
        event = temp / "_github_workflow/event.json"
        tools = root / "_tool"
        for folder in (workspace, event.parent, tools):
            folder.mkdir(parents=True, exist_ok=True)
        event.write_text(json.dumps(self.job.event_payload(), indent=2))
        return {
            "RUNNER_TEMP": str(temp),
            "RUNNER_TOOL_CACHE": str(tools),
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_EVENT_PATH": str(event),
            **file_commands(temp),
        }

    def _variables(self) -> dict[str, str]:
        job = self.job
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION": "__run",
            "GITHUB_ACTOR": job.actor,
            "GITHUB_ACTOR_ID": job.actor_id,
            "GITHUB_TRIGGERING_ACTOR": job.actor,
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
            "GITHUB_SERVER_URL": job.server,
            "GITHUB_BASE_REF": job.base_ref,
            "GITHUB_HEAD_REF": job.head_ref,
            "GITHUB_EVENT_NAME": job.event,
            "GITHUB_JOB": "publish",
            "GITHUB_REF": job.full_ref,
            "GITHUB_REF_NAME": job.ref_name,
            "GITHUB_REF_PROTECTED": "true",
            "GITHUB_REF_TYPE": job.ref_type,
            "GITHUB_REPOSITORY": job.repository,
            "GITHUB_REPOSITORY_ID": job.repository_id,
            "GITHUB_REPOSITORY_OWNER": job.owner,
            "GITHUB_REPOSITORY_OWNER_ID": job.owner_id,
            "GITHUB_RETENTION_DAYS": "90",
            "GITHUB_RUN_ATTEMPT": job.run_attempt,
            "GITHUB_RUN_ID": job.run_id,
            "GITHUB_RUN_NUMBER": "10",
            "GITHUB_SHA": SHA,
            "GITHUB_WORKFLOW": job.workflow_name,
            "GITHUB_WORKFLOW_REF": job.workflow_ref,
            "GITHUB_WORKFLOW_SHA": SHA,
            "RUNNER_ARCH": "X64",
            "RUNNER_ENVIRONMENT": job.runner_environment,
            "RUNNER_NAME": "GitHub Actions 1",
            "RUNNER_OS": "Linux",
        }


def file_commands(temp: Path) -> dict[str, str]:
    """New, empty files for one step's commands, with the runner's names and mode.

    https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
    """
    folder = temp / "_runner_file_commands"
    folder.mkdir(parents=True, exist_ok=True)
    suffix = uuid.uuid4()
    paths = {name: folder / f"{prefix}_{suffix}" for name, prefix in FILE_COMMANDS.items()}
    for path in paths.values():
        path.touch()
        path.chmod(0o644)
    return {name: str(path) for name, path in paths.items()}
