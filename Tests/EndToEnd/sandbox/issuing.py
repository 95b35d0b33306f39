"""Consumers and administrators of the stand-ins for issuers, over the network."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote_plus, urlencode

from client import Answer, ask
from Sandbox.issuers.auth0 import Auth0
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.hydra import Hydra
from Sandbox.issuers.keycloak import Keycloak
from Sandbox.issuers.okta import Okta
from Sandbox.issuers.person import HubApplication
from Sandbox.issuers.provider import Provider

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOKEN_PATHS = {
    Okta: "/oauth2/v1/token",
    Entra: "/acme.example/oauth2/v2.0/token",
    Auth0: "/oauth/token",
    Keycloak: "/realms/acme/protocol/openid-connect/token",
    Hydra: "/oauth2/token",
    HubApplication: "/oauth/token",
}


def log_in(provider: Provider, secret: str, *, basic: bool = True, **change: str) -> Answer:
    """A consumer's log-in over the network."""
    form = {"grant_type": "client_credentials", "scope": "x/.default", "audience": "x"} | change
    headers = dict(FORM)
    if basic:
        pair = f"{quote_plus('client')}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": "client", "client_secret": secret}
    path = TOKEN_PATHS[type(provider)]
    body = urlencode(form).encode()
    return ask(provider.origin, path, method="POST", headers=headers, body=body)


def call(
    provider: Provider, method: str, path: str, body: object = None, authorization: str = ""
) -> Answer:
    """One call of the API, with a token of it unless another is given."""
    headers = {"Authorization": authorization or f"Bearer {provider.api_token()}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    return ask(provider.origin, path, method=method, headers=headers, body=data)


def administrator_token(provider: Provider, **form: str) -> str:
    """A token for the API by client credentials."""
    secret = provider.add_administrator()
    fields = {"grant_type": "client_credentials", "client_id": "hfmint", "client_secret": secret}
    path = TOKEN_PATHS[type(provider)]
    body = urlencode(fields | form).encode()
    answer = ask(provider.origin, path, method="POST", headers=FORM, body=body)
    return str(answer.json["access_token"])
