"""Keycloak: the client secret of a client, and under a policy the one before it.

https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/services/resources/admin/ClientResource.java
https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/services/clientpolicy/executor/ClientSecretRotationExecutor.java
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import Problem, Provider, Registered, json_object, problem

TWO_DAYS = 172_800
MONTH = 2_505_600
_ADMIN = "/admin/realms/([^/]+)"
_SECRET = f"{_ADMIN}/clients/([^/]+)/client-secret"


class Keycloak(Provider):
    """A server with one realm.

    Settings: `rotated_lifetime` (what the policy's executor keeps an old secret for; `None` is no
    such executor, 0 keeps none), `policy_enabled`. A client's internal id is a UUID: `ids`.
    """

    token_path = "/realms/([^/]+)/protocol/openid-connect/token"
    bad_client = (401, "unauthorized_client", "Invalid client or Invalid client credentials")

    def __init__(self, secrets: Sentinels, realm: str = "acme") -> None:
        super().__init__(secrets)
        self.realm = realm
        self.rotated_lifetime: int | None = None
        self.policy_enabled = True
        self.ids: dict[str, str] = {}
        self._expires: dict[str, float] = {}
        routes: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", f"{_ADMIN}/clients/([^/]+)", self._client),
            ("GET", _SECRET, self._get),
            ("POST", _SECRET, self._regenerate),
            ("GET", f"{_SECRET}/rotated", self._rotated),
            ("DELETE", f"{_SECRET}/rotated", self._invalidate),
            ("GET", f"{_ADMIN}/client-policies/profiles", self._profiles),
            ("GET", f"{_ADMIN}/client-policies/policies", self._policies),
        ]
        for method, pattern, handler in routes:
            self.route(method, pattern, self._guarded(handler))

    def new_value(self) -> str:
        """32 letters and digits, as Keycloak's are."""
        return self.secrets.issue("client-secret", length=24)

    def add_client(self, client_id: str = "client", secret: str | None = None) -> str:
        """Register a client; the policy has not acted on it yet."""
        self.ids[client_id] = str(uuid.uuid4())
        return super().add_client(client_id, secret)

    @property
    def _has_policy(self) -> bool:
        return self.policy_enabled and self.rotated_lifetime is not None

    def logged_in(self, client_id: str) -> None:
        """The executor leaves its mark at the first log-in."""
        if self._has_policy and client_id in self.clients:
            self._expires.setdefault(client_id, self.now() + MONTH)

    def _guarded(self, handler: Callable[..., Response]) -> Callable[..., Response]:
        def answer(request: Request, realm: str, *rest: str) -> Response:
            if not self.is_api_token(request):
                return json_response(401, {"error": "HTTP 401 Unauthorized"})
            with self.lock:
                try:
                    if realm != self.realm:
                        raise problem(404, {"error": "Realm not found."})
                    return handler(request, *(self._find(identity) for identity in rest))
                except Problem as refusal:
                    return refusal.response

        return answer

    def _find(self, identity: str) -> Registered:
        for client_id, known in self.ids.items():
            if known == identity:
                return self.clients[client_id]
        raise problem(404, {"error": "Could not find client"})

    def _client(self, _: Request, client: Registered) -> Response:
        attributes = {"client.secret.creation.time": _text(client.secrets[-1].created_at)}
        if end := self._expires.get(client.client_id):
            attributes["client.secret.expiration.time"] = _text(end)
        if len(client.secrets) > 1:
            attributes["client.secret.rotated.creation.time"] = _text(client.secrets[-1].created_at)
            attributes["client.secret.rotated.expiration.time"] = _text(
                client.secrets[0].ends_at or 0
            )
        body = {
            "id": self.ids[client.client_id],
            "clientId": client.client_id,
            "enabled": True,
            "secret": client.secrets[-1].value,
            "clientAuthenticatorType": "client-secret",
            "attributes": attributes,
        }
        return json_response(200, body)

    def _get(self, _: Request, client: Registered) -> Response:
        return _credential(client.secrets[-1].value)

    def _regenerate(self, request: Request, client: Registered) -> Response:
        if request.body:
            bad = problem(415, {"error": "HTTP 415 Unsupported Media Type"})
            json_object(request, allowed=set(), bad=bad)
        *older, current = list(client.secrets)
        for stored in older:
            self.bury(client, stored)
        if self._has_policy and self.rotated_lifetime:
            current.ends_at = self.now() + self.rotated_lifetime
        else:
            self.bury(client, current)
        if self._has_policy:
            self._expires[client.client_id] = self.now() + MONTH
        else:
            self._expires.pop(client.client_id, None)
        return _credential(self.store(client).value)

    def _rotated(self, _: Request, client: Registered) -> Response:
        if len(client.secrets) < 2:
            raise problem(404, {"error": "Client does not have a rotated secret"})
        return _credential(client.secrets[0].value)

    def _invalidate(self, _: Request, client: Registered) -> Response:
        for stored in client.secrets[:-1]:
            self.bury(client, stored)
        return Response(204)

    def _profiles(self, _: Request) -> Response:
        profiles = []
        if self.rotated_lifetime is not None:
            configuration = {
                "expiration-period": MONTH,
                "rotated-expiration-period": self.rotated_lifetime,
                "remaining-rotation-period": 864_000,
            }
            executor = {"executor": "secret-rotation", "configuration": configuration}
            profiles.append({"name": "rotation", "description": "", "executors": [executor]})
        shared = {"name": "fapi-1-baseline", "executors": [{"executor": "secure-session"}]}
        return json_response(200, {"profiles": profiles, "globalProfiles": [shared]})

    def _policies(self, _: Request) -> Response:
        policies = []
        if self.rotated_lifetime is not None:
            condition = {"condition": "any-client", "configuration": {}}
            policies.append(
                {
                    "name": "rotate",
                    "enabled": self.policy_enabled,
                    "conditions": [condition],
                    "profiles": ["rotation"],
                }
            )
        return json_response(200, {"policies": policies})


def _credential(value: str) -> Response:
    return json_response(200, {"type": "secret", "value": value})


def _text(seconds: float) -> str:
    """Attributes are texts, in whole seconds."""
    return str(int(seconds))
