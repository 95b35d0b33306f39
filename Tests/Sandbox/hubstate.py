"""What the stand-in Hub remembers: repositories, publishers, applications, and tokens given."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .keys import Claims, base64url
from .resources import Resource
from .sentinel import MARKER, Sentinels, random_text
from .wire import Body

Power = Literal["read", "write"]
Visibility = Literal["public", "private", "gated"]


@dataclass(frozen=True)
class Publisher:
    """Whose jobs may have a token for a resource: one issuer, and claims that must all be equal.

    Two names are the settings page's own: `branch`, taken from a `ref` of `refs/heads/…`, and
    `workflow`, the file name in `workflow_ref`. https://huggingface.co/docs/hub/trusted-publishers
    """

    issuer: str
    claims: Mapping[str, str]
    power: Power = "write"

    def accepts(self, claims: Claims) -> bool:
        """Whether every configured claim is there, as a string, and equal."""
        return all(_claim(claims, name) == value for name, value in self.claims.items())


def _claim(claims: Claims, name: str) -> object:
    if name == "branch":
        ref = str(claims.get("ref", ""))
        return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
    if name == "workflow" and isinstance(claims.get("workflow_ref"), str):
        return str(claims["workflow_ref"]).partition("@")[0].rpartition("/")[2]
    return claims.get(name)


@dataclass
class Repo:
    """A repository, as far as a token can show that it works.

    `large` holds the SHA-256 of each file that is kept elsewhere, if it is in `files` too.
    """

    resource: Resource
    visibility: Visibility = "private"
    files: dict[str, Body] = field(default_factory=lambda: {"config.json": b'{"acme":true}\n'})
    large: dict[str, str] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """A commit hash that follows from the content."""
        digest = hashlib.sha256(repr((str(self.resource), sorted(self.files.items()))).encode())
        return digest.hexdigest()[:40]


@dataclass(frozen=True)
class App:
    """An OAuth application that is bound to an Enterprise organization.

    https://huggingface.co/docs/hub/oauth#token-exchange-for-organizations-rfc-8693
    """

    client_id: str
    client_secret: str
    members: Mapping[str, str]
    scopes: tuple[str, ...]
    organization: str
    expires_in: int = 28800


@dataclass
class HubToken:
    """A token that this Hub gave, and whether it still stands."""

    value: str
    resource: Resource
    power: Power
    expires_at: float
    subject: str
    scopes: tuple[str, ...] = ()
    organization: str = ""
    revoked: bool = False

    def lives(self, now: float) -> bool:
        """Whether the Hub still accepts it."""
        return not self.revoked and now < self.expires_at


@dataclass(frozen=True)
class Attempt:
    """One request for a token; `reason` is why it was refused, which no answer ever says."""

    resource: str
    id_token_sha256: str
    accepted: bool
    reason: str = ""


def mint_repo_token(
    secrets: Sentinels, resource: Resource, power: Power, now: int, lifetime: int
) -> str:
    """`hf_jwt_` and three parts, as long as a real one; the marker opens the third."""
    header = {"alg": "RS256", "typ": "JWT", "kid": "hub"}
    kind = "" if resource.kind == "models" else f"{resource.kind}/"
    payload = {
        "iss": "https://huggingface.co",
        "sub": f"/{kind}{resource.namespace}/{resource.name}",
        "oidc": {"publisher": os.urandom(12).hex()},
        "permissions": {"repo.content.read": True, "repo.content.write": power == "write"},
        "iat": now,
        "exp": now + lifetime,
        "jti": str(uuid.uuid4()),
    }
    head = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
    return secrets.record("token", f"hf_jwt_{head}.{MARKER}{random_text(334)}")


def mint_user_token(secrets: Sentinels) -> str:
    """`hf_oauth_` and opaque text, short enough for the public revocation route."""
    return secrets.issue("token", "hf_oauth_", 72)
