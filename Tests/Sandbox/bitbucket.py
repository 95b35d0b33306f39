"""Bitbucket Pipelines: a step's token, and a step's shell.

https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from .given import GivenProvider
from .provider import HUB
from .sentinel import Sentinels


class Bitbucket(GivenProvider):
    """A step with `oidc: audiences:`, which gives an array."""

    name = "bitbucket"
    issuer_url = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    marks = ("BITBUCKET_BUILD_NUMBER", "BITBUCKET_STEP_UUID")
    variable = "BITBUCKET_STEP_OIDC_TOKEN"
    variables: ClassVar[dict[str, str]] = {
        "CI": "true",
        "BITBUCKET_BUILD_NUMBER": "12",
        "BITBUCKET_BRANCH": "main",
        "BITBUCKET_REPO_UUID": "{9a8b7c6d-0000-4000-8000-000000000001}",
        "BITBUCKET_PIPELINE_UUID": "{9a8b7c6d-0000-4000-8000-000000000002}",
        "BITBUCKET_STEP_UUID": "{9a8b7c6d-0000-4000-8000-000000000003}",
    }
    claims: ClassVar[dict[str, object]] = {
        "sub": "{9a8b7c6d-0000-4000-8000-000000000001}:{9a8b7c6d-0000-4000-8000-000000000003}",
        "repositoryUuid": "{9a8b7c6d-0000-4000-8000-000000000001}",
        "workspaceUuid": "{9a8b7c6d-0000-4000-8000-000000000004}",
        "branchName": "main",
    }

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.audience = [HUB]

    def refuse(self) -> None:
        """What `oidc: true` alone gives."""
        self.audience = "ari:cloud:bitbucket::workspace/9a8b7c6d-0000-4000-8000-000000000004"


def step(environment: Mapping[str, str], lines: list[str]) -> subprocess.CompletedProcess[str]:
    """A step of Bitbucket's: its lines share one shell, which stops at the first that fails."""
    return subprocess.run(
        ["/bin/bash", "-e", "-c", "\n".join(lines)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
