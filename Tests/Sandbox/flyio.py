"""A Fly.io Machine: a socket that says who it is. https://fly.io/docs/security/openid-connect/"""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from . import ownroot
from .provider import HUB, Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response


class FlyIO(Provider):
    """A Machine. Its socket is at `/.fly/api`, and nowhere else."""

    name = "fly-io"
    issuer_url = "https://oidc.fly.io/acme"
    marks = ()
    claims: ClassVar[dict[str, object]] = {
        "sub": "acme:training:6e82933f435e87",
        "app_name": "training",
        "org_name": "acme",
    }

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        (root / "fly").mkdir()
        self.server = Server(root / "fly/api")
        self.server.route("POST", "/v1/tokens/oidc", self._token)
        self.server.start()

    def environment(self) -> dict[str, str]:
        """Variables that help no one to find the socket."""
        return {"FLY_APP_NAME": "training", "FLY_MACHINE_ID": "6e82933f435e87"}

    def command(self, command: list[str]) -> list[str]:
        """With the socket where it belongs."""
        return ownroot.command({"/.fly": self.root / "fly"}, self.root / "root", command)

    def _token(self, request: Request) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        return Response(200, self.issuer.id_token(str(body["aud"]), time.time()).encode())

    def check(self, asked: int) -> None:
        """Nothing but the audience, and no credential."""
        assert self.server
        assert [request.json() for request in self.server.requests] == [{"aud": HUB}] * asked
        assert {request.header("Authorization") for request in self.server.requests} == {None}
