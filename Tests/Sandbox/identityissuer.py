"""An issuer of ID tokens that hfmint itself must verify, honest unless a test says otherwise.

https://openid.net/specs/openid-connect-discovery-1_0.html · https://www.rfc-editor.org/rfc/rfc7517
"""

from __future__ import annotations

from typing import cast

from .hub import CANONICAL
from .keys import Claims, Json, SigningKey
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

CLAIMS: Claims = {"sub": "project:acme/training:ref:main", "project_path": "acme/training"}


class IdentityIssuer(Server):
    """Discovery, keys, tokens. A test may change `document`, `keys` and `signing` at any time."""

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.secrets = secrets
        self.signing = SigningKey.shared("issuer-1")
        self.keys: Json = self.signing.jwks
        self.document: Json = {"issuer": self.origin, "jwks_uri": f"{self.origin}/keys"}
        self.route("GET", "/.well-known/openid-configuration", self._document)
        self.route("GET", "/keys", lambda _: json_response(200, self.keys))

    @property
    def issuer(self) -> str:
        """Its name in `iss`."""
        return self.origin

    def claims(self, **changes: object) -> Claims:
        """What an honest token says, but for the changes; `None` takes a claim away."""
        now = int(self.now())
        usual: Claims = {
            "iss": self.issuer,
            "aud": CANONICAL,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        }
        changed = usual | CLAIMS | changes
        return {name: value for name, value in changed.items() if value is not None}

    def id_token(
        self, header: Json | None = None, key: SigningKey | None = None, **changes: object
    ) -> str:
        """A token, signed by the issuer's key unless another is given."""
        token = (key or self.signing).sign(self.claims(**changes), header)
        return self.secrets.record("id-token", token)

    def rotate(self, kid: str) -> None:
        """Sign with a new key, and publish it beside the old ones."""
        old = cast(list[Json], self.keys["keys"])
        self.signing = SigningKey.stranger(kid)
        self.keys = {"keys": [*old, *cast(list[Json], self.signing.jwks["keys"])]}

    def _document(self, _: Request) -> Response:
        return json_response(200, self.document)
