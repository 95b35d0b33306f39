"""CircleCI as a job sees it: its program, its variables, and steps that bash runs.

https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/ ·
https://circleci.com/docs/guides/security/env-vars/#parameters-and-bash-environment
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import ClassVar

from .program import ProgramProvider

ORGANIZATION = "3c2d0d5c-1f52-4f2b-8d3a-0b6b9e4f7a10"
PROJECT = "c94cbb52-35a2-4f0f-8b87-39bc6bfd53a4"
USER = "7e5e7a2e-0000-4c0c-9d5d-3f1c5b3a9b11"


class CircleCI(ProgramProvider):
    """A job with the environment's own `circleci` first on PATH."""

    name = "circleci"
    issuer_url = f"https://oidc.circleci.com/org/{ORGANIZATION}"
    marks = ("CIRCLECI",)
    program = "circleci"
    arguments = ("run", "oidc", "get", "--claims", '{"aud":"https://huggingface.co"}')
    claims: ClassVar[dict[str, object]] = {
        "sub": f"org/{ORGANIZATION}/project/{PROJECT}/user/{USER}",
        "oidc.circleci.com/project-id": PROJECT,
        "oidc.circleci.com/context-ids": [],
        "oidc.circleci.com/ssh-rerun": False,
        "oidc.circleci.com/vcs-origin": "github.com/acme/training",
        "oidc.circleci.com/vcs-ref": "refs/heads/main",
    }

    def environment(self) -> dict[str, str]:
        """BASH_ENV names a file that no one has made yet."""
        return {
            "CI": "true",
            "CIRCLECI": "true",
            "CIRCLE_BRANCH": "main",
            "CIRCLE_BUILD_NUM": "7",
            "CIRCLE_NODE_INDEX": "0",
            "CIRCLE_PROJECT_REPONAME": "training",
            "CIRCLE_PROJECT_USERNAME": "acme",
            "CIRCLE_WORKFLOW_ID": "29a3ba8f-8d34-4b7d-8c4b-0c6a6c7e0001",
            "CIRCLE_WORKFLOW_JOB_ID": "29a3ba8f-8d34-4b7d-8c4b-0c6a6c7e0002",
            "CIRCLE_OIDC_TOKEN": self.issuer.id_token(ORGANIZATION, 0),
            "BASH_ENV": str(self.root / ".bash_env-7-0-build"),
            "PATH": str(self.folder()),
        }


def step(environment: Mapping[str, str], script: str) -> subprocess.CompletedProcess[str]:
    """One `run` step: `#!/bin/bash -eo pipefail`, with nothing but the job's environment."""
    return subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
