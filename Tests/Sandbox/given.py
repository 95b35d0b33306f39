"""Providers that put an ID token into a variable before the job begins.

Nothing is asked at run time, so a job has one token, and a bad mood is a bad token.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from .provider import HUB, Provider
from .sentinel import Sentinels


class GivenProvider(Provider):
    """A job with an ID token in `variable`; `audience` is what its pipeline asked for."""

    variable: ClassVar[str]
    variables: ClassVar[dict[str, str]]
    mints_again = False

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.permission = (self.variable,)
        self.audience: str | list[str] = HUB
        self.given: str | None = None

    def environment(self) -> dict[str, str]:
        """The provider's variables, and the token."""
        token = self.given or self.issuer.id_token(self.audience, time.time())
        return self.variables | {self.variable: token}

    def refuse(self) -> None:
        """A token for another audience, as the provider gives it unasked."""
        self.audience = "https://elsewhere.example"

    def babble(self) -> None:
        """A text that is no JWT."""
        self.given = "not-a-jwt"


class GitLabVariable(GivenProvider):
    """GitLab CI; see `Sandbox.gitlab` for all of it."""

    name = "gitlab-ci"
    issuer_url = "https://gitlab.com"
    marks = ("GITLAB_CI",)
    variable = "HF_ID_TOKEN"
    variables: ClassVar[dict[str, str]] = {
        "GITLAB_CI": "true",
        "CI_SERVER_URL": "https://gitlab.com",
        "CI_JOB_ID": "77",
    }
    claims: ClassVar[dict[str, object]] = {
        "sub": "project_path:acme/training:ref_type:branch:ref:main",
        "project_path": "acme/training",
    }


class TerraformCloud(GivenProvider):
    """HCP Terraform, with the tag HF.

    https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/manual-generation
    """

    name = "terraform-cloud"
    issuer_url = "https://app.terraform.io"
    marks = ("TFC_RUN_ID",)
    variable = "TFC_WORKLOAD_IDENTITY_TOKEN_HF"
    variables: ClassVar[dict[str, str]] = {"TFC_RUN_ID": "run-CZcmD7eagjhyX0vN"}
    claims: ClassVar[dict[str, object]] = {
        "sub": "organization:acme:project:hub:workspace:models:run_phase:apply",
        "terraform_workspace_id": "ws-123",
    }


class CirrusCI(GivenProvider):
    """Cirrus CI. https://cirrus-ci.org/guide/writing-tasks/#oidc-tokens"""

    name = "cirrus-ci"
    issuer_url = "https://oidc.cirrus-ci.com"
    marks = ("CIRRUS_CI",)
    variable = "CIRRUS_OIDC_TOKEN"
    variables: ClassVar[dict[str, str]] = {"CIRRUS_CI": "true", "CIRRUS_TASK_ID": "5"}
    claims: ClassVar[dict[str, object]] = {"sub": "repo:github:acme/training"}


class Jenkins(GivenProvider):
    """Jenkins with the plugin oidc-provider. https://plugins.jenkins.io/oidc-provider/"""

    name = "jenkins"
    issuer_url = "https://jenkins.acme.example/oidc"
    marks = ("JENKINS_URL", "BUILD_ID")
    variable = "HF_OIDC_ID_TOKEN"
    variables: ClassVar[dict[str, str]] = {
        "JENKINS_URL": "https://jenkins.acme.example/",
        "BUILD_ID": "8",
        "BUILD_URL": "https://jenkins.acme.example/job/publish/8/",
    }
    claims: ClassVar[dict[str, object]] = {"sub": "https://jenkins.acme.example/job/publish/"}


class TriggerDev(GivenProvider):
    """Trigger.dev, whose SDK asked. https://trigger.dev/docs/oidc/hugging-face"""

    name = "trigger-dev"
    issuer_url = "https://oidc.trigger.dev/org_1"
    marks = ("TRIGGER_RUN_ID",)
    variable = "HF_OIDC_ID_TOKEN"
    variables: ClassVar[dict[str, str]] = {"TRIGGER_RUN_ID": "run_1234"}
    claims: ClassVar[dict[str, object]] = {"sub": "org:1:project:2:env:prod"}
