"""What each stand-in of a CI system or cloud has: an issuer, a job's environment, bad moods."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from .keys import SigningKey
from .sentinel import MARKER, Sentinels
from .server import Server

HUB = "https://huggingface.co"


@dataclass
class Issuer:
    """Who signs a provider's ID tokens, and what they say of its one job."""

    secrets: Sentinels
    url: str
    claims: dict[str, object]
    lifetime: int = 300
    key: SigningKey = field(default_factory=lambda: SigningKey.shared("provider"))

    def id_token(self, audience: str | list[str], now: float, **claims: object) -> str:
        """A new ID token; `claims` are laid over the job's."""
        base = {
            "iss": self.url,
            "aud": audience,
            "iat": int(now),
            "nbf": int(now) - 5,
            "exp": int(now) + self.lifetime,
            "jti": f"{MARKER}-{uuid.uuid4()}",
        }
        return self.secrets.record("id-token", self.key.sign(base | self.claims | claims))


class Provider:
    """One job on one provider. `marks` are the variables that say where it is.

    `permission` are those that a job lacks which may have no ID token. A provider that is asked
    over HTTP has `server`; each of its bad moods is then a fault there.
    """

    name: ClassVar[str]
    issuer_url: ClassVar[str]
    claims: ClassVar[dict[str, object]] = {}
    marks: ClassVar[tuple[str, ...]]
    permission: ClassVar[tuple[str, ...]] = ()
    mints_again: ClassVar[bool] = True
    holds_secrets: ClassVar[tuple[str, ...]] = ()
    server: Server | None = None

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        self.secrets = secrets
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.issuer = Issuer(secrets, self.issuer_url, dict(self.claims))

    def environment(self) -> dict[str, str]:
        """The variables that the provider sets in a job."""
        raise NotImplementedError

    def command(self, command: list[str]) -> list[str]:
        """How a job runs `command` where it needs more than variables."""
        return command

    def check(self, asked: int) -> None:
        """Raise unless the provider was asked `asked` times, each time exactly as it must be."""

    def refuse(self) -> None:
        """Say no from here on."""
        self.fault("status=403 times=forever")

    def babble(self) -> None:
        """Give what is no ID token from here on."""
        self.fault('body={"unexpected":true} type=application/json times=forever')

    def dawdle(self) -> None:
        """Take too long from here on."""
        self.fault("delay=30 times=forever")

    def fault(self, text: str) -> None:
        """Arm a fault on the server."""
        assert self.server
        self.server.faults.add(text)

    def stop(self) -> None:
        """Stop what was started, and leave no secret behind; raise if it met a bug of its own."""
        for name in self.holds_secrets:
            shutil.rmtree(self.root / name, ignore_errors=True)
        if self.server:
            self.server.stop()
            if self.server.errors:
                raise RuntimeError("\n".join(self.server.errors))
