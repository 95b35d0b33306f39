"""A job that a manifest lets be a member of an organization."""

from __future__ import annotations

import json

from jobs import Ended, Job
from Sandbox.identityissuer import IdentityIssuer

EMAIL = "ci@acme.example"


class Member:
    """A job of an issuer's, and a manifest that lets it be a member."""

    def __init__(self, job: Job, issuer: IdentityIssuer) -> None:
        self.job, self.issuer = job, issuer
        app = job.world.hub.add_app(
            "acme-ci", members=[EMAIL], scopes=["read-repos", "write-repos"]
        )
        for name in list(job.env):
            if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_")):
                del job.env[name]
        job.env |= {
            "HF_CLIENT_SECRET": app.client_secret,
            "HFMINT_STATE_DIR": str(job.work / "state"),
        }
        self.manifest = job.work.parent / "policy/hfmint.json5"
        self.manifest.parent.mkdir()
        self.write("read")

    def write(
        self, access: str, issuer: str | None = None, secret: object = "env:HF_CLIENT_SECRET"
    ) -> None:
        """The manifest, with one member's role and one grant."""
        (self.manifest.parent / "client-id").write_text("acme-ci\n")
        client = {"id": "file:client-id", "secret": secret}
        identity = {
            "issuer": issuer or self.issuer.issuer,
            "claims": {"project_path": "acme/training"},
        }
        text = {
            "version": 1,
            "organization": "acme",
            "roles": {"operator": {"access": access, "member": EMAIL, "client": client}},
            "grants": [{"role": "operator", "identity": identity}],
        }
        self.manifest.write_text(json.dumps(text))
        self.manifest.chmod(0o600)

    def ask(self, id_token: str, *more: str) -> Ended:
        """`hfmint exchange --role operator`, with this ID token."""
        return self.job.run(*self.words, *more, HF_OIDC_ID_TOKEN=id_token)

    @property
    def words(self) -> tuple[str, ...]:
        """The command line for the role."""
        return ("exchange", "--manifest", str(self.manifest), "--role", "operator")

    @property
    def asked(self) -> list[str]:
        """What the issuer was asked."""
        return [request.path for request in self.issuer.requests]

    @property
    def hub_asked(self) -> int:
        """How often the Hub's token endpoint was."""
        requests = self.job.world.requests("hub")
        return sum(request.path == "/oauth/token" for request in requests)
