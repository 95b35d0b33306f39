"""Microsoft Entra: password credentials of an application, through Graph, shown once.

https://learn.microsoft.com/en-us/graph/api/application-addpassword
https://learn.microsoft.com/en-us/graph/api/application-removepassword
"""

from __future__ import annotations

import calendar
import re
import time
import uuid
from collections.abc import Callable, Mapping

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import (
    Problem,
    Provider,
    Registered,
    Stored,
    json_object,
    moment,
    oauth,
    problem,
)

TWO_YEARS = 2 * 365 * 86400
_APP = r"/v1\.0/applications\(appId='([0-9a-f-]{36})'\)"


class Entra(Provider):
    """A directory, its token endpoint and Graph, on one server; clients are named by their appId.

    Settings: `limit` (2 for an audience with personal accounts), `longest` (what a tenant's policy
    allows, in seconds), `listing_lag` (how many listings do not show a new secret yet).
    """

    token_path = r"/[^/]+/oauth2/v2\.0/token"
    bad_client = (401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__(secrets)
        self.limit: int | None = None
        self.longest: int | None = None
        self.listing_lag = 0
        self._hidden: dict[str, int] = {}
        self.route("GET", _APP, self._guarded(self._list))
        self.route("POST", f"{_APP}/addPassword", self._guarded(self._add))
        self.route("POST", f"{_APP}/removePassword", self._guarded(self._remove))

    def new_value(self) -> str:
        """40 characters with a tilde, as Entra's are."""
        return self.secrets.issue("client-secret", "abc8Q~", length=26)

    def grants_api_token(self, form: Mapping[str, str]) -> bool:
        """The scope names Graph."""
        return form.get("scope") == f"{self.origin}/.default"

    def check_grant(self, form: Mapping[str, str]) -> None:
        """A scope is not optional here."""
        if not form.get("scope", "").endswith("/.default"):
            raise oauth(400, "invalid_request", "AADSTS900144: 'scope' is missing or malformed")

    def _guarded(self, handler: Callable[..., Response]) -> Callable[..., Response]:
        def answer(request: Request, app: str) -> Response:
            if not self.is_api_token(request):
                text = "Access token has expired or is not yet valid."
                return _error(401, "InvalidAuthenticationToken", text).response
            with self.lock:
                try:
                    if app not in self.clients:
                        text = f"Resource '{app}' does not exist"
                        raise _error(404, "Request_ResourceNotFound", text)
                    return handler(request, self.clients[app])
                except Problem as refusal:
                    return refusal.response

        return answer

    def _list(self, request: Request, app: Registered) -> Response:
        if request.query != "$select=passwordCredentials":
            raise _error(400, "BadRequest", "the sandbox knows $select=passwordCredentials alone")
        shown = []
        for stored in app.secrets:
            if self._hidden.get(stored.id, 0):
                self._hidden[stored.id] -= 1
            else:
                shown.append(_show(stored))
        context = f"{self.origin}/v1.0/$metadata#applications(passwordCredentials)/$entity"
        return json_response(200, {"@odata.context": context, "passwordCredentials": shown})

    def _add(self, request: Request, app: Registered) -> Response:
        bad = _error(400, "Request_BadRequest", "The body is not a passwordCredential")
        wrapper = json_object(request, allowed={"passwordCredential"}, bad=bad)
        credential = wrapper.get("passwordCredential", {})
        known = {"displayName", "startDateTime", "endDateTime"}
        if not isinstance(credential, dict) or not set(credential) <= known:
            raise bad
        end = credential.get("endDateTime")
        ends_at = self.now() + TWO_YEARS if end is None else _seconds(str(end), bad)
        if self.longest is not None and ends_at > self.now() + self.longest:
            raise _error(400, "CredentialInvalidLifetimeAsPerAppPolicy", "The lifetime is too long")
        if self.limit is not None and len(app.secrets) >= self.limit:
            raise _error(400, "Request_BadRequest", "The application has too many passwords")
        stored = self.store(app)
        stored.label, stored.ends_at = credential.get("displayName"), ends_at
        self._hidden[stored.id] = self.listing_lag
        return json_response(200, _show(stored) | {"secretText": stored.value})

    def _remove(self, request: Request, app: Registered) -> Response:
        bad = _error(400, "Request_BadRequest", "No password credential found with keyId.")
        key = json_object(request, allowed={"keyId"}, bad=bad).get("keyId")
        for stored in app.secrets:
            if stored.id == key:
                self.bury(app, stored)
                return Response(204)
        raise bad


def app_id() -> str:
    """A new application id."""
    return str(uuid.uuid4())


def _show(stored: Stored) -> dict[str, object]:
    return {
        "customKeyIdentifier": None,
        "displayName": stored.label,
        "endDateTime": None if stored.ends_at is None else moment(stored.ends_at),
        "hint": stored.value[:3],
        "keyId": stored.id,
        "secretText": None,
        "startDateTime": moment(stored.created_at),
    }


def _seconds(text: str, bad: Problem) -> float:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text):
        raise bad
    return float(calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))


def _error(status: int, code: str, message: str) -> Problem:
    return problem(status, {"error": {"code": code, "message": message, "innerError": {}}})
