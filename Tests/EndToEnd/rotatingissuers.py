"""Issuers for tests of whole rotations: each with its words in the manifest."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

from issuing import TOKEN_PATHS
from Sandbox.issuers.auth0 import Auth0
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.hydra import Hydra
from Sandbox.issuers.keycloak import TWO_DAYS, Keycloak
from Sandbox.issuers.okta import Okta
from Sandbox.issuers.person import HubApplication
from Sandbox.issuers.provider import Provider
from Sandbox.sentinel import Sentinels

APP = "11111111-2222-3333-4444-555555555555"


@dataclass
class Issuing:
    """A stand-in, and how a manifest names it."""

    provider: Provider
    node: dict[str, object]
    overlaps: bool
    client: str = "client"
    besides: dict[str, object] = field(default_factory=dict)
    verifier: str = "client-credentials"
    token: str = ""
    supplied: str = ""

    def start(self, servers: ExitStack) -> str:
        """Let it run; the client's first secret is returned."""
        servers.enter_context(self.provider)
        first = self.provider.add_client(self.client)
        self.node |= self.named()
        return first

    def named(self) -> dict[str, object]:
        """What is known only once it runs."""
        return {} if self.node["kind"] == "person" else {"url": self.provider.origin}

    @property
    def env(self) -> dict[str, str]:
        """The token for its API."""
        return {"ISSUER": self.token or self.provider.api_token()}

    @property
    def verify(self) -> dict[str, object]:
        """A log-in at the stand-in."""
        path = TOKEN_PATHS[type(self.provider)]
        verify: dict[str, object] = {"kind": self.verifier, "clientId": self.client, "attempts": 2}
        verify["url"] = self.provider.origin + path
        if self.verifier == "client-credentials":
            verify |= {"scope": "x/.default", "audience": "x"}
        return verify

    def opens(self, value: str) -> bool:
        """A log-in of the consumer."""
        return self.provider.log_in(value, self.client)

    def alive(self) -> list[str]:
        """The secrets that open the door."""
        return self.provider.live_secrets(self.client)

    @property
    def kept(self) -> int:
        """How many secrets the client has, whether or not they open the door."""
        return len(self.provider.clients[self.client].secrets)

    def add(self) -> str:
        """An administrator makes a secret in the vendor's own way, and keeps it."""
        provider = self.provider
        with provider.lock:
            client = provider.clients[self.client]
            if isinstance(provider, Keycloak):
                older, current = client.secrets[:-1], client.secrets[-1]
                for stored in older if provider.rotated_lifetime else client.secrets[:]:
                    provider.bury(client, stored)
                current.ends_at = provider.now() + TWO_DAYS
            if isinstance(provider, Auth0):
                provider.bury(client, client.secrets[0])
            return provider.store(client).value

    def pressed(self) -> str:
        """A person presses the button, once, and knows the secret from then on."""
        assert isinstance(self.provider, HubApplication)
        self.supplied = self.supplied or self.provider.press_refresh(self.client)
        return self.supplied


def okta(secrets: Sentinels) -> Issuing:
    """Separate; it shows its values."""
    provider = Okta(secrets)
    node: dict[str, object] = {"kind": "okta", "app": "client", "token": "env:ISSUER"}
    return Issuing(provider, node, overlaps=True, token=provider.token)


def entra(secrets: Sentinels) -> Issuing:
    """Separate; it shows a value once."""
    node: dict[str, object] = {"kind": "entra", "app": APP, "token": "env:ISSUER"}
    return Issuing(Entra(secrets), node, overlaps=True, client=APP)


def small_entra(secrets: Sentinels) -> Issuing:
    """Two secrets at the most, for personal accounts."""
    made = entra(secrets)
    assert isinstance(made.provider, Entra)
    made.provider.limit = 2
    made.node["limit"] = 2
    return made


def hydra(secrets: Sentinels) -> Issuing:
    """Stacked; it shows a value once, and no proof of death."""
    node: dict[str, object] = {"kind": "hydra", "client": "client", "dropAll": True}
    return Issuing(Hydra(secrets), node, overlaps=True, besides={"proof": "accepted"})


class _Keycloak(Issuing):
    def start(self, servers: ExitStack) -> str:
        """The policy leaves its mark at the first log-in."""
        first = super().start(servers)
        self.provider.logged_in(self.client)
        return first

    def named(self) -> dict[str, object]:
        """The internal id."""
        assert isinstance(self.provider, Keycloak)
        return super().named() | {"client": self.provider.ids[self.client]}


def keycloak(secrets: Sentinels) -> Issuing:
    """Stacked: a policy keeps the old secret; it shows its values."""
    provider = Keycloak(secrets)
    provider.rotated_lifetime = TWO_DAYS
    node: dict[str, object] = {"kind": "keycloak", "realm": "acme", "token": "env:ISSUER"}
    return _Keycloak(provider, node | {"rotationPolicy": True}, overlaps=True)


def plain_keycloak(secrets: Sentinels) -> Issuing:
    """Replacing; the server makes the value, and shows it."""
    node: dict[str, object] = {"kind": "keycloak", "realm": "acme", "token": "env:ISSUER"}
    return _Keycloak(Keycloak(secrets), node, overlaps=False, besides={"allowCutover": True})


def auth0(secrets: Sentinels) -> Issuing:
    """Replacing; hfmint makes the value."""
    node: dict[str, object] = {"kind": "auth0", "client": "client", "token": "env:ISSUER"}
    return Issuing(Auth0(secrets), node, overlaps=False, besides={"allowCutover": True})


def person(secrets: Sentinels) -> Issuing:
    """The Hub's own application: there is no API."""
    node: dict[str, object] = {"kind": "person", "what": "oauth-app", "name": "chat"}
    verifier = "client-authentication"
    return Issuing(HubApplication(secrets), node, overlaps=False, verifier=verifier)
