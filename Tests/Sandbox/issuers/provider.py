"""What every stand-in of an issuer shares: clients with secrets, and the endpoint to log in at."""

from __future__ import annotations

import base64
import binascii
import hmac
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response

FORM = "application/x-www-form-urlencoded"
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


class Problem(Exception):
    """An answer that is not a success."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass
class Stored:
    """One secret of a client; `waiting` log-ins will fail before it has spread."""

    value: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    active: bool = True
    label: str | None = None
    created_at: float = 0.0
    ends_at: float | None = None
    waiting: int = 0
    lingering: int = 0


@dataclass
class Registered:
    """A client and its secrets, the newest last."""

    client_id: str
    secrets: list[Stored] = field(default_factory=list)
    graveyard: list[Stored] = field(default_factory=list)
    log_ins: int = 0
    refused: int = 0


class Provider(Server):
    """Clients, their secrets, and a token endpoint at `token_path`.

    Settings a test may change at any time: `propagation` (how many log-ins with a new secret are
    refused before it is known everywhere), `lingering` (how many log-ins a removed one survives).
    """

    token_path = "/oauth2/token"
    bad_client = (401, "invalid_client", "The client secret is wrong")

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.secrets = secrets
        self.propagation = 0
        self.lingering = 0
        self.clients: dict[str, Registered] = {}
        self.lock = threading.RLock()
        self.administrators: dict[str, str] = {}
        self._tokens: dict[str, float] = {}
        self.route("POST", self.token_path, self._token)

    # What a test asks for and looks at.

    def add_client(self, client_id: str = "client", secret: str | None = None) -> str:
        """Register a client with a first secret, which is returned."""
        client = Registered(client_id)
        with self.lock:
            self.clients[client_id] = client
            stored = self.store(client, secret)
            stored.waiting = 0
        return stored.value

    def live_secrets(self, client_id: str = "client") -> list[str]:
        """The values that open the door, or will once they have spread; the newest last."""
        with self.lock:
            return [
                stored.value for stored in self.clients[client_id].secrets if self.lives(stored)
            ]

    def log_in(self, secret: str, client_id: str = "client") -> bool:
        """A consumer's log-in, without the network."""
        with self.lock:
            client = self.clients[client_id]
            accepted = self._accepts(client, secret)
            client.log_ins += accepted
            client.refused += not accepted
            return accepted

    def add_administrator(self, client_id: str = "hfmint") -> str:
        """A client that may get tokens for the API itself; its secret is returned."""
        secret = self.secrets.issue("client-secret", "admin_")
        self.administrators[client_id] = secret
        return secret

    def api_token(self, lifetime: float = 3600) -> str:
        """A token for the API, as an administrator would be given one."""
        token = self.secrets.issue("token", "api_")
        self._tokens[token] = self.now() + lifetime
        return token

    # What a vendor's file builds on.

    def new_value(self) -> str:
        """A value as this vendor makes one."""
        return self.secrets.issue("client-secret", "cs_")

    def store(self, client: Registered, value: str | None = None) -> Stored:
        """Add a secret to a client."""
        text = self.new_value() if value is None else self.secrets.record("client-secret", value)
        stored = Stored(text, created_at=self.now(), waiting=self.propagation)
        client.secrets.append(stored)
        return stored

    def bury(self, client: Registered, stored: Stored) -> None:
        """Remove a secret; it may open the door a few times more."""
        client.secrets.remove(stored)
        stored.lingering = self.lingering
        client.graveyard.append(stored)

    def lives(self, stored: Stored) -> bool:
        """Whether it is active and has not ended."""
        return stored.active and (stored.ends_at is None or stored.ends_at > self.now())

    def is_api_token(self, request: Request) -> bool:
        """Whether the request carries a bearer token for the API that has not ended."""
        return self._tokens.get(request.bearer or "", 0) > self.now()

    def grants_api_token(self, form: Mapping[str, str]) -> bool:
        """Whether an administrator asked in the words that this vendor wants."""
        return True

    def check_grant(self, form: Mapping[str, str]) -> None:
        """Raise `Problem` where this vendor wants more than the standard does."""

    # The token endpoint. https://www.rfc-editor.org/rfc/rfc6749#section-4.4

    def _token(self, request: Request, *_: str) -> Response:
        try:
            return self._grant(_form(request), request)
        except Problem as problem:
            return problem.response

    def _grant(self, form: dict[str, str], request: Request) -> Response:
        client_id, secret = _credentials(form, request)
        with self.lock:
            known = self.administrators.get(client_id)
            administrator = known is not None and hmac.compare_digest(known, secret)
            if not administrator and (
                client_id not in self.clients or not self.log_in(secret, client_id)
            ):
                status, error, description = self.bad_client
                raise oauth(status, error, description)
        return self._issue(form, client_id, administrator)

    def _issue(self, form: dict[str, str], client_id: str, administrator: bool) -> Response:
        if form.get("grant_type") == "authorization_code":
            if "code" not in form:
                raise oauth(400, "invalid_request", "code is missing")
            raise oauth(400, "invalid_grant", "The authorization code is unknown")
        if form.get("grant_type") != "client_credentials":
            raise oauth(400, "unsupported_grant_type", "The grant type is not supported")
        self.check_grant(form)
        if administrator and self.grants_api_token(form):
            token = self.api_token(300)
        else:
            token = self.secrets.issue("token", "at_")
        self.logged_in(client_id)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
        return json_response(200, body, NO_STORE)

    def logged_in(self, client_id: str) -> None:
        """What a successful log-in changes."""

    def _accepts(self, client: Registered, secret: str) -> bool:
        for stored in client.secrets:
            if self.lives(stored) and hmac.compare_digest(stored.value, secret):
                if stored.waiting:
                    stored.waiting -= 1
                    return False
                return True
        for stored in client.graveyard:
            if stored.lingering and hmac.compare_digest(stored.value, secret):
                stored.lingering -= 1
                return True
        return False


def oauth(status: int, error: str, description: str) -> Problem:
    """An error in the words of RFC 6749, 5.2."""
    basic = (("WWW-Authenticate", "Basic"),) if status == 401 else ()
    body = {"error": error, "error_description": description}
    return Problem(json_response(status, body, (*NO_STORE, *basic)))


def problem(status: int, body: object) -> Problem:
    """An answer in the vendor's own words."""
    return Problem(json_response(status, body))


def moment(seconds: float) -> str:
    """RFC 3339 in UTC, with milliseconds as these APIs write them."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def json_object(request: Request, *, allowed: set[str], bad: Problem) -> dict[str, object]:
    """The body as an object with these members at the most; anything else raises `bad`."""
    if request.media_type != "application/json":
        raise bad
    try:
        body = request.json()
    except ValueError:
        raise bad from None
    if not isinstance(body, dict) or not set(body) <= allowed:
        raise bad
    return body


def _form(request: Request) -> dict[str, str]:
    if request.media_type != FORM or request.query:
        raise oauth(400, "invalid_request", "The body is not a form")
    try:
        pairs = parse_qsl(request.body.decode("ascii"), True, True, errors="strict")
    except ValueError:
        raise oauth(400, "invalid_request", "The body is not a form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise oauth(400, "invalid_request", "A field is repeated")
    return form


def _credentials(form: Mapping[str, str], request: Request) -> tuple[str, str]:
    """Either in a header or in the body, and not in both (RFC 6749, 2.3)."""
    authorization = request.header("Authorization")
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise oauth(400, "invalid_request", "The client authenticates twice")
    scheme, _, encoded = authorization.partition(" ")
    try:
        pair = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        pair = ""
    client_id, _, secret = (unquote_plus(part) for part in pair.partition(":"))
    return (client_id, secret) if scheme.lower() == "basic" else ("", "")
