"""A stand-in for the Hugging Face Hub, as strict as its documents say it is."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path

from . import hubapi, hubcommits, hubfiles, hubxettokens, resources
from .exchange import Refused, exchange_id_token
from .hubstate import App, Attempt, HubToken, Power, Publisher, Repo, Visibility
from .hubstorage import Storage
from .hubxet import Xet
from .keys import Json, SigningKey
from .members import exchange_member
from .sentinel import Sentinels
from .server import Server
from .wire import Body, Headers, Request, Response

CANONICAL = "https://huggingface.co"
FORM = "application/x-www-form-urlencoded"
_NAME = r"([^/]+/[^/]+)"


class Hub(Server):
    """The Hub's token endpoint and the few routes on which a token can be tried.

    Settings a test may change at any time: `audience` (what `aud` must be), `array_audience`
    (whether a list is accepted), `expires_in`, `jwt_whoami`, `revoke_kills` (whether a report kills
    an `hf_oauth_` token; the real answer is not documented), `locked` (accounts), `clock_offset`,
    `page_size` (of a tree), `caches_resolved` (whether a small file is behind a redirect to this
    Hub itself), `speaks_xet`.
    """

    def __init__(self, secrets: Sentinels, unix_path: Path | None = None) -> None:
        super().__init__(unix_path)
        self.secrets = secrets
        self.key = SigningKey.shared("hub")
        self.audience = CANONICAL
        self.array_audience = True
        self.expires_in = 3600
        self.jwt_whoami = False
        self.revoke_kills = True
        self.page_size = 1000
        self.caches_resolved = False
        self.speaks_xet = False
        self.locked: set[str] = set()
        self.issuers: dict[str, Json] = {}
        self.publishers: dict[str, list[Publisher]] = {}
        self.apps: dict[str, App] = {}
        self.attempts: list[Attempt] = []
        self.mails: list[str] = []
        self._renamed: dict[str, str] = {}
        self._repos: dict[str, Repo] = {}
        self._tokens: dict[str, HubToken] = {}
        self._ids = itertools.count(1)
        self._add_routes()

    def _add_routes(self) -> None:
        kinds = "(models|datasets|spaces|kernels)"
        self.route("GET", "/", lambda _: Response(200, b"", (("Content-Type", "text/html"),)))
        self.route("POST", "/oauth/token", self._exchange)
        self.route("POST", "/api/credentials/revoke", partial(hubapi.revoke, self))
        self.route("GET", "/api/whoami-v2", partial(hubapi.whoami, self))
        check = f"/api/{kinds}/{_NAME}/auth-check(/write)?"
        self.route("GET", check, partial(hubapi.auth_check, self))
        hubfiles.add_routes(self)
        hubxettokens.add_routes(self)
        hubcommits.add_routes(self)

    @cached_property
    def storage(self) -> Storage:
        """Where large files are; it starts when it is first named."""
        return Storage().start()

    @cached_property
    def xet(self) -> Xet:
        """Where files are that were uploaded by xet; it starts when it is first named."""
        return Xet(self.secrets, self.storage).start()

    @property
    def others(self) -> dict[str, Server]:
        """The servers beside this one that run, by name."""
        return {name: self.__dict__[name] for name in ("storage", "xet") if name in self.__dict__}

    def stop(self) -> None:
        """Stop them all at once."""
        for server in (*self.others.values(), super()):
            server.stop()

    def perform(self, request: Request) -> Response:
        """What an undisturbed Hub answers; a repository that was renamed leads to its new name.

        The Hub names itself in that address: https://huggingface.co/docs/hub/repositories-settings
        """
        for old, new in self._renamed.items():
            if f"/{old}/" in f"{request.path}/":
                location = self.origin + request.target.replace(old, new, 1)
                return Response(307, b"", (("Location", location),))
        return super().perform(request)

    def rename(self, old: str, new: str) -> None:
        """Rename a repository."""
        repo = self._repos.pop(old)
        repo.resource = resources.parse(new)
        self._repos[new] = repo
        self._renamed[old] = new

    def own_headers(self) -> Headers:
        """`Date`, and the request id that Hugging Face asks for in reports; it counts up."""
        number = next(self._ids)
        root = f"Root=1-{number:08x}-{number:024x};00000000-0000-4000-8000-{number:012x}"
        return (*super().own_headers(), ("X-Request-Id", root))

    def trust(self, issuer: str, jwks: Json) -> None:
        """Say which keys an issuer signs with; the Hub never asks the network."""
        self.issuers[issuer] = jwks

    def publish(
        self, resource: str, issuer: str, claims: Mapping[str, str], power: Power = "write"
    ) -> None:
        """Add a trusted publisher; a repository that is not there yet is made, private."""
        if not claims:
            raise ValueError("a publisher needs at least one claim")
        parsed = resources.parse(resource)
        self.publishers.setdefault(str(parsed), []).append(Publisher(issuer, dict(claims), power))
        if not parsed.is_user:
            self._repos.setdefault(str(parsed), Repo(parsed))

    def add_repo(
        self,
        resource: str,
        visibility: Visibility = "private",
        files: Mapping[str, Body] | None = None,
        large: Mapping[str, bytes] | None = None,
    ) -> Repo:
        """Make (or replace) a repository with these files, of which the large are elsewhere."""
        repo = Repo(resources.parse(resource), visibility)
        if files is not None:
            repo.files = dict(files)
        for path, data in (large or {}).items():
            repo.files[path] = data
            repo.large[path] = self.storage.keep(data)
        self._repos[str(repo.resource)] = repo
        return repo

    def add_app(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        members: Mapping[str, str] | Iterable[str],
        scopes: Iterable[str],
        organization: str = "acme",
        expires_in: int = 28800,
    ) -> App:
        """Bind an OAuth application to an organization; without a secret, one is issued."""
        secret = client_secret or self.secrets.issue("client-secret", "oauth_app_secret_")
        self.secrets.record("client-secret", secret)
        if not isinstance(members, Mapping):
            members = {email: email.partition("@")[0] for email in members}
        app = App(client_id, secret, dict(members), tuple(scopes), organization, expires_in)
        self.apps[client_id] = app
        return app

    def exchanges(self, resource: str | None = None, id_token: str | None = None) -> int:
        """How many ID tokens were accepted: in all, for a resource, or for one ID token."""
        digest = hashlib.sha256(id_token.encode()).hexdigest() if id_token else None
        return sum(
            attempt.accepted
            and resource in (None, attempt.resource)
            and digest in (None, attempt.id_token_sha256)
            for attempt in self.attempts
        )

    def accept(self, resource: str, power: Power = "read", organization: str = "") -> HubToken:
        """A token like those that a user makes, for a repository or for an organization's all."""
        value = self.secrets.issue("token", "hf_", 34)
        ends = self.now() + 86_400
        return self.remember(
            HubToken(value, resources.parse(resource), power, ends, "user", (), organization)
        )

    def token(self, value: str) -> HubToken | None:
        """The token, while it lives."""
        token = self._tokens.get(value)
        return token if token and token.lives(self.now()) else None

    def remember(self, token: HubToken) -> HubToken:
        """Accept the token from now on."""
        self._tokens[token.value] = token
        return token

    def repo(self, kind: str, name: str) -> Repo | None:
        """The repository of that kind and `ns/name`."""
        return self._repos.get(name if kind == "models" else f"{kind}/{name}")

    def revoke(self, value: str) -> None:
        """Take a report: the owner of a known token is told once, and the token may die."""
        token = self._tokens.get(value)
        if token and not token.revoked:
            self.mails.append(token.resource.name)
            token.revoked = self.revoke_kills

    def _exchange(self, request: Request) -> Response:
        if request.media_type == "application/json":
            return exchange_id_token(self, request)
        if request.media_type == FORM:
            return exchange_member(self, request)
        return Refused("invalid_request", "The content type is not supported").response
