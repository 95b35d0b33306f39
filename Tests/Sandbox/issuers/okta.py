"""Okta: client secrets of an application, two at the most, deactivated before they are deleted.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialOAuth2ClientAuth/
"""

from __future__ import annotations

import base64
import itertools
import secrets as random
from collections.abc import Callable
from functools import partial

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import Problem, Provider, Registered, Stored, json_object, moment, problem

LIMIT = 2
_APP = "/api/v1/apps/([^/]+)/credentials/secrets"


class Okta(Provider):
    """An Okta organization; an application's id is its client's id.

    `token` is an API token (`SSWS`). `shows_values`: whether a list and a single secret show their
    values, as the reference says, or a hash in their place, as for API service integrations.
    """

    token_path = "/oauth2/v1/token"
    bad_client = (
        401,
        "invalid_client",
        "The client secret supplied for a confidential client is invalid.",
    )

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__(secrets)
        self.shows_values = True
        self.token = secrets.issue("token", "00")
        self._ids = itertools.count(1)
        one = f"{_APP}/([^/]+)"
        self.route("GET", _APP, self._guarded(self._list))
        self.route("POST", _APP, self._guarded(self._create))
        self.route("GET", one, self._guarded(self._read))
        self.route("DELETE", one, self._guarded(self._delete))
        for verb in ("activate", "deactivate"):
            switch = partial(self._switch, active=verb == "activate")
            self.route("POST", f"{one}/lifecycle/{verb}", self._guarded(switch))

    def store(self, client: Registered, value: str | None = None) -> Stored:
        """Add a secret with an id as Okta's are."""
        stored = super().store(client, value)
        stored.id = f"ocs{next(self._ids):017d}"
        return stored

    def _guarded(self, handler: Callable[..., Response]) -> Callable[..., Response]:
        def answer(request: Request, app: str, *rest: str) -> Response:
            scheme, _, token = (request.header("Authorization") or "").partition(" ")
            if not (scheme == "SSWS" and token == self.token) and not self.is_api_token(request):
                return _error(401, "E0000011", "Invalid token provided").response
            with self.lock:
                try:
                    if app not in self.clients:
                        raise _not_found(app, "AppInstance")
                    return handler(request, self.clients[app], *rest)
                except Problem as refusal:
                    return refusal.response

        return answer

    def _list(self, _: Request, app: Registered) -> Response:
        return json_response(200, [self._show(stored) for stored in app.secrets])

    def _create(self, request: Request, app: Registered) -> Response:
        bad = _error(400, "E0000003", "The request body was not well-formed.")
        body = json_object(request, allowed={"client_secret", "status"}, bad=bad)
        value, status = body.get("client_secret"), body.get("status", "ACTIVE")
        if status not in ("ACTIVE", "INACTIVE"):
            raise _invalid("status: must be ACTIVE or INACTIVE")
        if value is not None and not (
            isinstance(value, str) and value.isascii() and 14 <= len(value) <= 100
        ):
            raise _invalid("client_secret: must be between 14 and 100 ASCII characters")
        if len(app.secrets) >= LIMIT:
            raise _invalid("You have reached the maximum number of client secrets per client.")
        stored = self.store(app, value if isinstance(value, str) else None)
        stored.active = status == "ACTIVE"
        return json_response(201, self._show(stored, reveal=True))

    def _read(self, _: Request, app: Registered, secret_id: str) -> Response:
        return json_response(200, self._show(_find(app, secret_id)))

    def _switch(self, _: Request, app: Registered, secret_id: str, *, active: bool) -> Response:
        stored = _find(app, secret_id)
        if stored.active == active:
            raise _invalid(f"The secret is already {'ACTIVE' if active else 'INACTIVE'}.")
        if not active and sum(each.active for each in app.secrets) == 1:
            raise _invalid("The only active secret of a client cannot be deactivated.")
        stored.active = active
        if not active:
            stored.lingering = self.lingering
            app.graveyard.append(stored)
        else:
            app.graveyard.remove(stored)
        return json_response(200, self._show(stored))

    def _delete(self, _: Request, app: Registered, secret_id: str) -> Response:
        stored = _find(app, secret_id)
        if stored.active:
            raise _invalid("An active client secret cannot be deleted.")
        app.secrets.remove(stored)
        return Response(204)

    def _show(self, stored: Stored, *, reveal: bool = False) -> dict[str, object]:
        shown = self.shows_values or reveal
        masked = base64.urlsafe_b64encode(random.token_bytes(16)).decode().rstrip("=")
        return {
            "id": stored.id,
            "status": "ACTIVE" if stored.active else "INACTIVE",
            "client_secret": stored.value if shown else masked,
            "secret_hash": masked,
            "created": moment(stored.created_at),
            "lastUpdated": moment(stored.created_at),
            "_links": {},
        }


def _find(app: Registered, secret_id: str) -> Stored:
    for stored in app.secrets:
        if stored.id == secret_id:
            return stored
    raise _not_found(secret_id, "OAuth2ClientSecretMediated")


def _error(status: int, code: str, summary: str, causes: tuple[str, ...] = ()) -> Problem:
    body = {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": f"oae{random.token_hex(8)}",
        "errorCauses": [{"errorSummary": cause} for cause in causes],
    }
    return problem(status, body)


def _invalid(cause: str) -> Problem:
    """One code stands for all of it. https://developer.okta.com/docs/reference/error-codes/"""
    summary = "Api validation failed: OAuth2ClientSecretMediated"
    return _error(400, "E0000001", summary, (cause,))


def _not_found(name: str, kind: str) -> Problem:
    return _error(404, "E0000007", f"Not found: Resource not found: {name} ({kind})")
