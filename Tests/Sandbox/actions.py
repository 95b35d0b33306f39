"""GitHub Actions, and the two that speak its protocol: Forgejo Actions and Gitea Actions."""

from __future__ import annotations

from typing import ClassVar

from .endpoint import EndpointProvider


class GitHubEndpoint(EndpointProvider):
    """GitHub Actions; see `Sandbox.github` for all of it."""

    name = "github-actions"
    issuer_url = "https://token.actions.githubusercontent.com"
    marks = ("GITHUB_ACTIONS",)
    permission = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    path = "/222//idtoken/f9a8/b7c6"
    query = "api-version=2.0"
    member = "value"
    claims: ClassVar[dict[str, object]] = {
        "sub": "repo:acme/training:ref:refs/heads/main",
        "repository": "acme/training",
        "ref": "refs/heads/main",
    }

    def environment(self) -> dict[str, str]:
        """A step's variables, as far as they matter here."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/training",
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.token,
        }


class Forgejo(GitHubEndpoint):
    """Forgejo Actions. Its runner sets Gitea's and GitHub's marks as well.

    https://forgejo.org/docs/next/user/actions/security-openid-connect
    """

    name = "forgejo-actions"
    issuer_url = "https://codeberg.org/api/actions"
    marks = ("FORGEJO_ACTIONS", "FORGEJO_SERVER_URL")
    path = "/api/actions/_apis/pipelines/workflows/3705365/idtoken"
    query = "placeholder=true"
    claims: ClassVar[dict[str, object]] = {
        "sub": "repo:acme-12/training-34:ref:refs/heads/main",
        "repository": "acme/training",
        "ref": "refs/heads/main",
        "workflow_ref": "acme/training/.forgejo/workflows/publish.yml@refs/heads/main",
    }

    def environment(self) -> dict[str, str]:
        """`FORGEJO_*` beside `GITHUB_*`, as runners since 7.0 set them; one file has two names."""
        files = {}
        for kind in ("ENV", "OUTPUT"):
            path = self.root / f"file-command-{kind}"
            path.touch()
            files |= {f"GITHUB_{kind}": str(path), f"FORGEJO_{kind}": str(path)}
        return (
            super().environment()
            | files
            | {
                "FORGEJO_ACTIONS": "true",
                "GITEA_ACTIONS": "true",
                "FORGEJO_SERVER_URL": "https://codeberg.org",
            }
        )


class Gitea(GitHubEndpoint):
    """Gitea Actions, once it has ID tokens. https://github.com/go-gitea/gitea/pull/36988"""

    name = "gitea-actions"
    issuer_url = "https://gitea.acme.example"
    marks = ("GITEA_ACTIONS",)

    def environment(self) -> dict[str, str]:
        """Gitea's mark, and GitHub's."""
        return super().environment() | {"GITEA_ACTIONS": "true"}
