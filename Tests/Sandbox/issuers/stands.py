"""Every issuer with what a manifest says of it: how to start one, and how a consumer logs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..sentinel import Sentinels
from .auth0 import Auth0
from .entra import Entra, app_id
from .hydra import Hydra
from .keycloak import TWO_DAYS, Keycloak
from .okta import Okta
from .person import HubApplication
from .program import Program
from .provider import Provider

Entry = dict[str, object]


@dataclass
class IssuerStand:
    """A running issuer with one client, which has one secret."""

    server: Provider
    client: str
    issuer: Entry
    verify: Entry
    more: Entry = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def log_in(self, secret: str) -> bool:
        """What a consumer sees."""
        return self.server.log_in(secret, self.client)

    @property
    def live(self) -> list[str]:
        """The values that are good now, the newest last."""
        return self.server.live_secrets(self.client)

    @property
    def held(self) -> int:
        """How many secrets the issuer holds, good or not."""
        return len(self.server.clients[self.client].secrets)


def _credentials(server: Provider, path: str, client: str, **more: object) -> Entry:
    return {
        "kind": "client-credentials",
        "url": server.origin + path,
        "clientId": client,
        "attempts": 2,
    } | more


def _login(server: Provider, kind: str) -> tuple[Entry, dict[str, str]]:
    variable = f"{kind.upper()}_LOGIN"
    login = {"clientId": "hfmint", "clientSecret": f"env:{variable}"}
    return login, {variable: server.add_administrator()}


def _okta(secrets: Sentinels, _: Path) -> IssuerStand:
    server = Okta(secrets)
    server.add_client("app1")
    issuer: Entry = {"url": server.origin, "app": "app1", "token": "env:OKTA_TOKEN"}
    verify = _credentials(server, "/oauth2/v1/token", "app1")
    return IssuerStand(server, "app1", issuer, verify, variables={"OKTA_TOKEN": server.token})


def _entra(secrets: Sentinels, _: Path) -> IssuerStand:
    server, app = Entra(secrets), app_id()
    server.add_client(app)
    login, variables = _login(server, "entra")
    issuer: Entry = {
        "url": server.origin,
        "loginUrl": server.origin,
        "tenant": "acme.example",
        "app": app,
        "login": login,
    }
    path = "/acme.example/oauth2/v2.0/token"
    verify = _credentials(server, path, app, scope="api://chat/.default")
    return IssuerStand(server, app, issuer, verify, variables=variables)


def _auth0(secrets: Sentinels, _: Path) -> IssuerStand:
    server = Auth0(secrets)
    server.add_client("chat")
    login, variables = _login(server, "auth0")
    issuer: Entry = {"url": server.origin, "client": "chat", "login": login}
    verify = _credentials(server, "/oauth/token", "chat", audience="https://api.acme.example")
    return IssuerStand(server, "chat", issuer, verify, {"allowCutover": True}, variables)


def _keycloak(secrets: Sentinels, _: Path) -> IssuerStand:
    server = Keycloak(secrets)
    server.add_client("chat")
    login, variables = _login(server, "keycloak")
    issuer: Entry = {
        "url": server.origin,
        "realm": server.realm,
        "client": server.ids["chat"],
        "login": login,
    }
    verify = _credentials(server, "/realms/acme/protocol/openid-connect/token", "chat")
    return IssuerStand(server, "chat", issuer, verify, {"allowCutover": True}, variables)


def _keycloak_policy(secrets: Sentinels, folder: Path) -> IssuerStand:
    stand = _keycloak(secrets, folder)
    assert isinstance(stand.server, Keycloak)
    stand.server.rotated_lifetime = TWO_DAYS
    stand.server.logged_in("chat")
    # Beside the one without a policy, it needs a variable of its own.
    login, stand.variables = _login(stand.server, "keycloak_policy")
    stand.issuer |= {"rotationPolicy": True, "login": login}
    stand.more = {}
    return stand


def _hydra(secrets: Sentinels, _: Path) -> IssuerStand:
    server = Hydra(secrets)
    server.add_client("chat")
    issuer: Entry = {"url": server.origin, "client": "chat", "dropAll": True}
    verify = _credentials(server, "/oauth2/token", "chat")
    return IssuerStand(server, "chat", issuer, verify, {"proof": "accepted"})


def _command(secrets: Sentinels, folder: Path) -> IssuerStand:
    server = Program(secrets)
    server.add_client("billing")
    program = server.write(folder / "billing-secrets")
    issuer: Entry = {"command": [str(program)], "client": "billing", "shape": "separate"}
    verify = _credentials(server, "/oauth2/token", "billing")
    return IssuerStand(server, "billing", issuer, verify)


def _person(secrets: Sentinels, _: Path) -> IssuerStand:
    server = HubApplication(secrets)
    server.add_client("chat")
    issuer: Entry = {"what": "oauth-app", "name": "acme-chat"}
    verify: Entry = {
        "kind": "client-authentication",
        "url": f"{server.origin}/oauth/token",
        "clientId": "chat",
        "attempts": 2,
    }
    return IssuerStand(server, "chat", issuer, verify, {"allowCutover": True})


_MAKERS: Mapping[str, Callable[[Sentinels, Path], IssuerStand]] = {
    "okta": _okta,
    "entra": _entra,
    "auth0": _auth0,
    "keycloak": _keycloak,
    "keycloak-policy": _keycloak_policy,
    "hydra": _hydra,
    "command": _command,
    "person": _person,
}
ISSUERS = tuple(_MAKERS)


def make_issuer(name: str, secrets: Sentinels, folder: Path) -> IssuerStand:
    """One that does not serve yet; what it needs on disk goes into the folder."""
    stand = _MAKERS[name](secrets, folder)
    stand.issuer = {"kind": name.removesuffix("-policy")} | stand.issuer
    return stand
