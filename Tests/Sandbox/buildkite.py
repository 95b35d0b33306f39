"""Buildkite as a job sees it: the agent's API, its Job API on a unix socket, its program, phases.

https://github.com/buildkite/agent/blob/main/api/oidc.go ·
https://github.com/buildkite/agent/tree/main/jobapi
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import ClassVar

from .program import ProgramProvider
from .provider import HUB, Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

JOB = "0191f2a0-7e4c-4bfb-9d3f-5b6c5a0d9c11"
PIPELINE = "0184990a-477b-4fa8-9968-496074483cee"
VARIABLES = {
    "CI": "true",
    "BUILDKITE": "true",
    "BUILDKITE_JOB_ID": JOB,
    "BUILDKITE_RETRY_COUNT": "0",
    "BUILDKITE_BRANCH": "main",
    "BUILDKITE_PULL_REQUEST": "false",
    "BUILDKITE_REPO": "git@github.com:acme/training.git",
}
CLAIMS: dict[str, object] = {
    "sub": PIPELINE,
    "organization_slug": "acme",
    "pipeline_slug": "training",
    "pipeline_id": PIPELINE,
    "build_branch": "main",
    "step_key": "publish",
}


class Buildkite(Provider):
    """A job with the agent's API within reach; `jobs` is the Job API of its agent."""

    name = "buildkite"
    issuer_url = "https://agent.buildkite.com"
    marks = ("BUILDKITE",)
    claims: ClassVar[dict[str, object]] = CLAIMS

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.access_token = secrets.issue("runner-token", "bkaj_")
        self.server = Server()
        self.server.route("POST", f"/v3/jobs/{JOB}/oidc/tokens", self._token)
        self.server.start()
        self.jobs = JobAPI(secrets, root / "job-api.sock").start()

    def environment(self) -> dict[str, str]:
        """With the agent's endpoint, which ends without a slash."""
        assert self.server
        return VARIABLES | {
            "BUILDKITE_AGENT_ENDPOINT": f"{self.server.origin}/v3",
            "BUILDKITE_AGENT_ACCESS_TOKEN": self.access_token,
            **self.jobs.environment(),
        }

    def _token(self, request: Request) -> Response:
        if request.header("Authorization") != f"Token {self.access_token}":
            return json_response(401, {"message": "Authorization failed"})
        body = request.json()
        assert isinstance(body, dict)
        if not set(body) <= {"audience", "lifetime", "claims", "aws_session_tags", "subject_claim"}:
            return json_response(422, {"message": "unknown parameter"})
        return json_response(
            200, {"token": self.issuer.id_token(str(body["audience"]), time.time())}
        )

    def check(self, asked: int) -> None:
        """The body names the audience, two more claims, and a subject that stays the same."""
        assert self.server
        expected = {
            "audience": HUB,
            "claims": ["organization_id", "pipeline_id"],
            "subject_claim": "pipeline_id",
        }
        assert [request.json() for request in self.server.requests] == [expected] * asked
        assert {request.media_type for request in self.server.requests} == {"application/json"}

    def stop(self) -> None:
        """Both servers."""
        super().stop()
        self.jobs.stop()
        assert not self.jobs.errors, self.jobs.errors


class BuildkiteAgent(ProgramProvider):
    """A job whose agent passed on no endpoint, and whose program knows one."""

    name = "buildkite"
    issuer_url = "https://agent.buildkite.com"
    marks = ("BUILDKITE",)
    claims: ClassVar[dict[str, object]] = CLAIMS
    program = "buildkite-agent"
    arguments = ("oidc", "request-token", "--audience", HUB, "--subject-claim", "pipeline_id")

    def environment(self) -> dict[str, str]:
        """Without the agent's endpoint and token."""
        return VARIABLES | {"PATH": str(self.folder())}


class JobAPI(Server):
    """The agent's Job API. `events` is what it was told; `variables` reach later phases."""

    def __init__(self, secrets: Sentinels, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._token = secrets.issue("runner-token", "", 32)
        self.events: list[str] = []
        self.redacted: list[str] = []
        self.variables: dict[str, str] = {}
        self.route("POST", "/api/current-job/v0/redactions", self._redact)
        self.route("PATCH", "/api/current-job/v0/env", self._set)

    def environment(self) -> dict[str, str]:
        """How a job finds it."""
        return {
            "BUILDKITE_AGENT_JOB_API_SOCKET": str(self._path),
            "BUILDKITE_AGENT_JOB_API_TOKEN": self._token,
        }

    def _redact(self, request: Request) -> Response:
        if request.bearer != self._token:
            return json_response(401, {"error": "invalid authorization token"})
        body = request.json()
        assert isinstance(body, dict)
        self.events.append("redact")
        self.redacted.append(str(body["redact"]))
        return json_response(201, {"redacted": body["redact"]})

    def _set(self, request: Request) -> Response:
        if request.bearer != self._token:
            return json_response(401, {"error": "invalid authorization token"})
        body = request.json()
        assert isinstance(body, dict)
        if any(name.startswith("BUILDKITE_AGENT_") for name in body["env"]):
            return json_response(422, {"error": "protected environment variable"})
        self.events.append("env")
        self.variables |= body["env"]
        return json_response(200, {"added": sorted(body["env"]), "updated": []})

    def phase(self, environment: dict[str, str], script: str) -> subprocess.CompletedProcess[str]:
        """A hook or a command: bash, with all that was set so far; its log has the redactions."""
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", script],
            env=environment | self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        for value in self.redacted:
            done.stdout = done.stdout.replace(value, "[REDACTED]")
        return done
