"""Auth0: the one client secret of an application, which dies when it is replaced.

https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import Problem, Provider, Registered, json_object, oauth, problem

_CLIENT = "/api/v2/clients/([^/]+)"
SCOPES = frozenset({"read:clients", "read:client_keys", "update:clients", "update:client_keys"})


class Auth0(Provider):
    """A tenant and its Management API.

    `scopes` is what every API token may do. A consumer's log-in wants an `audience`.
    """

    token_path = "/oauth/token"
    bad_client = (401, "access_denied", "Unauthorized")

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__(secrets)
        self.scopes = set(SCOPES)
        self.route("GET", _CLIENT, self._guarded("read:clients", self._get))
        self.route("PATCH", _CLIENT, self._guarded("update:clients", self._patch))
        rotate = self._guarded("update:client_keys", self._rotate)
        self.route("POST", f"{_CLIENT}/rotate-secret", rotate)

    def new_value(self) -> str:
        """64 characters, as Auth0's are."""
        return self.secrets.issue("client-secret", length=56)

    def grants_api_token(self, form: Mapping[str, str]) -> bool:
        """The audience is the Management API."""
        return form.get("audience") == f"{self.origin}/api/v2/"

    def check_grant(self, form: Mapping[str, str]) -> None:
        """A client is authorized for an API, not as such."""
        if not form.get("audience"):
            text = "No audience parameter was provided, and no default audience has been configured"
            raise oauth(403, "access_denied", text)

    def _guarded(self, scope: str, handler: Callable[..., Response]) -> Callable[..., Response]:
        def answer(request: Request, client_id: str) -> Response:
            if not self.is_api_token(request):
                return _error(401, "Unauthorized", "Invalid token").response
            with self.lock:
                try:
                    self._need(scope)
                    if client_id not in self.clients:
                        raise _error(404, "Not Found", "The client does not exist", "inexistent")
                    return handler(request, self.clients[client_id])
                except Problem as refusal:
                    return refusal.response

        return answer

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            text = f"Insufficient scope, expected any of: {scope}"
            raise _error(403, "Forbidden", text, "insufficient_scope")

    def _get(self, request: Request, client: Registered) -> Response:
        query = dict(parse_qsl(request.query))
        if not set(query) <= {"fields", "include_fields"}:
            raise _error(400, "Bad Request", "Query validation error", "invalid_query_string")
        body = self._show(client)
        if "fields" in query and query.get("include_fields", "true") == "true":
            fields = query["fields"].split(",")
            body = {name: value for name, value in body.items() if name in fields}
        return json_response(200, body)

    def _patch(self, request: Request, client: Registered) -> Response:
        bad = _error(400, "Bad Request", "Payload validation error", "invalid_body")
        body = json_object(request, allowed={"client_secret", "name"}, bad=bad)
        if "client_secret" in body:
            self._need("update:client_keys")
            value = body["client_secret"]
            if not isinstance(value, str) or not value:
                raise bad
            self._replace(client, value)
        return json_response(200, self._show(client))

    def _rotate(self, request: Request, client: Registered) -> Response:
        if request.body:
            raise _error(400, "Bad Request", "Payload validation error", "invalid_body")
        self._replace(client, None)
        return json_response(200, self._show(client))

    def _replace(self, client: Registered, value: str | None) -> None:
        for stored in list(client.secrets):
            self.bury(client, stored)
        self.store(client, value)

    def _show(self, client: Registered) -> dict[str, object]:
        body: dict[str, object] = {
            "tenant": "acme",
            "client_id": client.client_id,
            "name": client.client_id,
            "token_endpoint_auth_method": "client_secret_post",
        }
        if "read:client_keys" in self.scopes:
            body["client_secret"] = client.secrets[-1].value
        return body


def _error(status: int, error: str, message: str, code: str = "") -> Problem:
    body: dict[str, object] = {"statusCode": status, "error": error, "message": message}
    return problem(status, body | ({"errorCode": code} if code else {}))
