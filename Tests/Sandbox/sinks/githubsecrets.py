"""Secrets of GitHub Actions: of repositories, environments and organizations.

https://docs.github.com/en/rest/actions/secrets
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response
from .sodium import KeyPair

LIMIT = 48 * 1024
SECRET = r"([A-Za-z_][A-Za-z0-9_]*)"
SCOPE = r"(/repos/[^/]+/[^/]+/actions|/repos/[^/]+/[^/]+/environments/[^/]+|/orgs/[^/]+/actions)"
VERSION = "2022-11-28"


@dataclass
class Stored:
    """A secret as GitHub keeps it."""

    value: bytes
    created_at: float
    updated_at: float
    visibility: str | None = None
    repositories: set[int] = field(default_factory=set)


class GitHubSecrets(Server):
    """The API; names are told apart without their case, as the real one does.

    `scopes` are the paths that exist: `/repos/acme/training/actions`, and so on. `reader` is a
    token that may read and not write.
    """

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.token = secrets.issue("sink-token", "github_pat_")
        self.reader = secrets.issue("sink-token", "github_pat_")
        self.scopes = {
            "/repos/acme/training/actions",
            "/repos/acme/training/environments/production",
            "/orgs/acme/actions",
        }
        self.rate_limited = False
        self.writes = 0
        self._keys: dict[str, KeyPair] = {}
        self._stored: dict[tuple[str, str], Stored] = {}
        self.route("GET", SCOPE + "/secrets/public-key", self._public_key)
        self.route("GET", f"{SCOPE}/secrets/{SECRET}", self._show)
        self.route("PUT", f"{SCOPE}/secrets/{SECRET}", self._write)
        self.route("GET", f"{SCOPE}/secrets/{SECRET}/repositories", self._repositories)

    def value(self, scope: str, name: str) -> str | None:
        """What a job would find in the secret."""
        stored = self._stored.get((scope, name.upper()))
        return stored.value.decode() if stored else None

    def stored(self, scope: str, name: str) -> Stored | None:
        """The secret with its times and its access."""
        return self._stored.get((scope, name.upper()))

    def put(self, scope: str, name: str, value: str, *, visibility: str | None = None) -> Stored:
        """Have a secret there that someone wrote long ago."""
        then = self.now() - 86_400
        stored = Stored(value.encode(), then, then, visibility)
        self._stored[(scope, name.upper())] = stored
        return stored

    def drop(self, scope: str, name: str) -> None:
        """Someone deletes it."""
        del self._stored[(scope, name.upper())]

    def _scope(self, request: Request, raw: str) -> str | Response:
        if not request.header("User-Agent"):
            return json_response(403, {"message": "Request forbidden by administrative rules."})
        if request.header("X-GitHub-Api-Version") not in (None, VERSION):
            return json_response(400, {"message": "The API version is not known."})
        if request.bearer not in (self.token, self.reader):
            return json_response(401, {"message": "Bad credentials"})
        if self.rate_limited:
            headers = (
                ("X-RateLimit-Remaining", "0"),
                ("X-RateLimit-Reset", str(int(self.now()) + 60)),
            )
            return json_response(403, {"message": "API rate limit exceeded"}, headers)
        scope = unquote(raw).lower()
        if scope not in self.scopes:
            return json_response(404, {"message": "Not Found"})
        return scope

    def _key(self, scope: str) -> tuple[str, KeyPair]:
        pair = self._keys.setdefault(scope, KeyPair())
        return str(int(hashlib.sha256(pair.public).hexdigest()[:15], 16)), pair

    def _public_key(self, request: Request, raw: str) -> Response:
        scope = self._scope(request, raw)
        if isinstance(scope, Response):
            return scope
        key_id, pair = self._key(scope)
        return json_response(200, {"key_id": key_id, "key": base64.b64encode(pair.public).decode()})

    def _show(self, request: Request, raw: str, name: str) -> Response:
        scope = self._scope(request, raw)
        if isinstance(scope, Response):
            return scope
        stored = self._stored.get((scope, name.upper()))
        if not stored:
            return json_response(404, {"message": "Not Found"})
        shown: dict[str, object] = {
            "name": name.upper(),
            "created_at": _time(stored.created_at),
            "updated_at": _time(stored.updated_at),
        }
        if stored.visibility:
            shown["visibility"] = stored.visibility
        return json_response(200, shown)

    def _write(self, request: Request, raw: str, name: str) -> Response:
        scope = self._scope(request, raw)
        if isinstance(scope, Response):
            return scope
        if request.bearer != self.token:
            message = "Resource not accessible by personal access token"
            return json_response(403, {"message": message})
        if re.match(r"github_", name, re.IGNORECASE):
            return _invalid("Secret names must not start with GITHUB_.")
        try:
            body = request.json()
        except ValueError:
            return json_response(400, {"message": "Problems parsing JSON"})
        if not isinstance(body, dict):
            return json_response(400, {"message": "Body should be a JSON object"})
        value = self._unseal(scope, body)
        if isinstance(value, Response):
            return value
        return self._store(scope, name.upper(), value, body)

    def _unseal(self, scope: str, body: dict[str, object]) -> bytes | Response:
        key_id, pair = self._key(scope)
        if body.get("key_id") != key_id:
            return _invalid("The key_id is not that of the public key.")
        try:
            box = base64.b64decode(str(body.get("encrypted_value", "")), validate=True)
        except binascii.Error:
            return _invalid("encrypted_value is not base64.")
        value = pair.open(box)
        if value is None or len(value) > LIMIT:
            return _invalid("The secret cannot be opened, or is too large.")
        return value

    def _store(self, scope: str, name: str, value: bytes, body: dict[str, object]) -> Response:
        known = {"encrypted_value", "key_id"}
        visibility = None
        if scope.startswith("/orgs/"):
            known |= {"visibility", "selected_repository_ids"}
            visibility = body.get("visibility")
            if visibility not in ("all", "private", "selected"):
                return _invalid("visibility is not all, private or selected.")
            if "selected_repository_ids" in body and visibility != "selected":
                return _invalid("selected_repository_ids needs the visibility selected.")
        if set(body) - known:
            return _invalid("The request has a member that is not known.")
        old = self._stored.get((scope, name))
        now = self.now()
        stored = Stored(value, old.created_at if old else now, now, visibility)
        # Not sent is none: who had access has lost it.
        # https://github.com/external-secrets/external-secrets (provider github)
        for identity in body.get("selected_repository_ids", ()):  # type: ignore[attr-defined]
            if not isinstance(identity, int):
                return _invalid("selected_repository_ids are integers.")
            stored.repositories.add(identity)
        self._stored[(scope, name)] = stored
        self.writes += 1
        return Response(204) if old else json_response(201, {})

    def _repositories(self, request: Request, raw: str, name: str) -> Response:
        scope = self._scope(request, raw)
        if isinstance(scope, Response):
            return scope
        stored = self._stored.get((scope, name.upper()))
        if not stored or not scope.startswith("/orgs/"):
            return json_response(404, {"message": "Not Found"})
        if stored.visibility != "selected":
            return json_response(409, {"message": "The visibility is not selected."})
        query = parse_qs(request.query)
        size = min(100, int(query.get("per_page", ["30"])[0]))
        start = (int(query.get("page", ["1"])[0]) - 1) * size
        ids = sorted(stored.repositories)
        shown = [_repository(identity) for identity in ids[start : start + size]]
        return json_response(200, {"total_count": len(ids), "repositories": shown})


def _repository(identity: int) -> dict[str, object]:
    """As wordy as the real one: a hundred of them are half a megabyte."""
    url = f"https://api.github.com/repos/acme/r{identity}"
    links = {f"{kind}_url": f"{url}/{kind}{{/sha}}" for kind in ("blobs", "keys", "tags", "trees")}
    return {"id": identity, "name": f"r{identity}", "description": "x" * 4_000} | links


def _time(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def _invalid(message: str) -> Response:
    return json_response(422, {"message": message})
