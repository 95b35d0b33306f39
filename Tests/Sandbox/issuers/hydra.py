"""Ory Hydra: a new client secret beside up to five old ones, which are dropped all at once.

https://github.com/ory/hydra/blob/83127c5752d907f52dd5f048a734c596c4316477/client/handler.go
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import Problem, Provider, Registered, moment, problem

MOST_KEPT = 5
_CLIENT = "/admin/clients/([^/]+)"


class Hydra(Provider):
    """The public and the admin API on one server; the admin API trusts whoever reaches it.

    Settings: `auth_method` of every client, `can_rotate` (whether the version knows how), and
    `guarded` (whether something in front of the admin API wants a bearer token).
    """

    token_path = "/oauth2/token"
    bad_client = (
        401,
        "invalid_client",
        "Client authentication failed (e.g., unknown client, no client authentication included).",
    )

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__(secrets)
        self.auth_method = "client_secret_basic"
        self.can_rotate = True
        self.guarded = False
        self.metadata: dict[str, object] = {}
        rotate = f"{_CLIENT}/secrets/rotate"
        self.route("GET", _CLIENT, self._guarded(self._get))
        self.route("PATCH", _CLIENT, self._guarded(self._patch))
        self.route("POST", rotate, self._guarded(self._rotate))
        self.route("DELETE", rotate, self._guarded(self._drop))

    def new_value(self) -> str:
        """26 characters, as Hydra's are."""
        return self.secrets.issue("client-secret", length=18)

    def _guarded(self, handler: Callable[..., Response]) -> Callable[..., Response]:
        def answer(request: Request, client_id: str) -> Response:
            if self.guarded and not self.is_api_token(request):
                return json_response(401, {"error": "unauthorized"})
            with self.lock:
                try:
                    if client_id not in self.clients:
                        raise problem(404, {"error": "Unable to locate the resource"})
                    return handler(request, self.clients[client_id])
                except Problem as refusal:
                    return refusal.response

        return answer

    def _get(self, _: Request, client: Registered) -> Response:
        return json_response(200, self._show(client))

    def _patch(self, request: Request, client: Registered) -> Response:
        bad = problem(400, {"error": "The request was malformed"})
        try:
            operations = request.json()
        except ValueError:
            raise bad from None
        if not isinstance(operations, list):
            raise bad
        document: dict[str, object] = copy.deepcopy(self._show(client))
        for operation in operations:
            _apply(document, operation, bad)
        self.metadata[client.client_id] = document.get("metadata", {})
        if isinstance(value := document.get("client_secret"), str):
            for stored in list(client.secrets):
                self.bury(client, stored)
            self.store(client, value)
        return json_response(200, self._show(client))

    def _rotate(self, request: Request, client: Registered) -> Response:
        self._check_method()
        stored = self.store(client)
        while len(client.secrets) > MOST_KEPT + 1:
            self.bury(client, client.secrets[0])
        return json_response(200, self._show(client) | {"client_secret": stored.value})

    def _drop(self, request: Request, client: Registered) -> Response:
        self._check_method()
        for stored in client.secrets[:-1]:
            self.bury(client, stored)
        return json_response(200, self._show(client))

    def _check_method(self) -> None:
        if not self.can_rotate:
            raise Problem(Response(404, b"404 page not found\n", (("Content-Type", "text/plain"),)))
        if self.auth_method not in ("client_secret_basic", "client_secret_post"):
            text = "The client's authentication method does not support client secret rotation."
            raise problem(400, {"error": "The request was malformed", "error_description": text})

    def _show(self, client: Registered) -> dict[str, object]:
        return {
            "client_id": client.client_id,
            "client_name": "",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": self.auth_method,
            "client_secret_expires_at": 0,
            "created_at": moment(client.secrets[0].created_at),
            "updated_at": moment(client.secrets[-1].created_at),
            "metadata": copy.deepcopy(self.metadata.get(client.client_id, {})),
        }


def _apply(document: dict[str, object], operation: object, bad: Problem) -> None:
    """One operation on an object's member (RFC 6902); lists are not needed here."""
    if not isinstance(operation, dict) or operation.get("op") not in ("add", "replace", "remove"):
        raise bad
    first, *path = str(operation.get("path")).split("/")
    denied = {"id", "rotatedsecrets", "rotated_secrets"}
    if first or not path or path[0].lower() in denied:
        raise bad
    place: object = document
    for name in path[:-1]:
        if not isinstance(place, dict):
            raise bad
        place = place.setdefault(name, {})
    if not isinstance(place, dict):
        raise bad
    if operation["op"] == "remove":
        place.pop(path[-1], None)
    elif "value" in operation:
        place[path[-1]] = operation["value"]
    else:
        raise bad
