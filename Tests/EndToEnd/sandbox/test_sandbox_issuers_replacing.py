"""The stand-ins for issuers: those that replace, those that stack, and a program."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from client import ask
from issuing import administrator_token, call, log_in
from Sandbox.issuers.auth0 import Auth0
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.hydra import Hydra
from Sandbox.issuers.keycloak import Keycloak
from Sandbox.issuers.program import Program
from Sandbox.issuers.provider import Provider

APP = "11111111-2222-3333-4444-555555555555"
LIST = f"/v1.0/applications(appId='{APP}')?$select=passwordCredentials"


def test_an_administrator_gets_a_token_in_the_vendors_words(
    start_issuer: Callable[..., Provider],
) -> None:
    """And one that opens nothing, with another scope or audience."""
    entra, auth0, keycloak = start_issuer(Entra), start_issuer(Auth0), start_issuer(Keycloak)
    for provider in (auth0, keycloak):
        provider.add_client()
    entra.add_client(APP)
    for provider, good, bad, path in (
        (entra, {"scope": f"{entra.origin}/.default"}, {"scope": "x/.default"}, LIST),
        (
            auth0,
            {"audience": f"{auth0.origin}/api/v2/"},
            {"audience": "x"},
            "/api/v2/clients/client",
        ),
    ):
        token, other = (administrator_token(provider, **form) for form in (good, bad))
        assert ask(provider.origin, path, token=token).status == 200
        assert ask(provider.origin, path, token=other).status == 401
    token = administrator_token(keycloak)
    path = f"/admin/realms/acme/clients/{keycloak.ids['client']}"
    assert ask(keycloak.origin, path, token=token).status == 200
    keycloak.clock_offset = 301
    assert ask(keycloak.origin, path, token=token).status == 401


def test_auth0_kills_the_old_secret_when_it_is_replaced(start_issuer: Callable[..., Auth0]) -> None:
    """By a chosen value, or by one of its own."""
    auth0 = start_issuer(Auth0)
    old = auth0.add_client()
    path = "/api/v2/clients/client"
    fields = f"{path}?fields=client_id%2Cclient_secret&include_fields=true"
    assert call(auth0, "GET", fields).json == {"client_id": "client", "client_secret": old}
    assert (
        call(auth0, "PATCH", path, {"client_secret": "SENTINEL-chosen-by-the-caller"}).status == 200
    )
    assert auth0.live_secrets() == ["SENTINEL-chosen-by-the-caller"]
    assert not auth0.log_in(old)
    rotated = call(auth0, "POST", f"{path}/rotate-secret").json["client_secret"]
    assert auth0.live_secrets() == [rotated]
    for body in ({"client_secret": ""}, {"client_secret": 1}, {"unknown": "x"}):
        assert call(auth0, "PATCH", path, body).status == 400
    assert call(auth0, "GET", "/api/v2/clients/other").status == 404
    auth0.scopes -= {"read:client_keys", "update:client_keys"}
    assert "client_secret" not in call(auth0, "GET", path).json
    assert call(auth0, "PATCH", path, {"client_secret": "x"}).status == 403


def keycloak_path(keycloak: Keycloak, rest: str = "/client-secret") -> str:
    """Below the client."""
    return f"/admin/realms/acme/clients/{keycloak.ids['client']}{rest}"


def test_keycloak_replaces_unless_a_policy_keeps_the_old_secret(
    start_issuer: Callable[..., Keycloak],
) -> None:
    """Two at the most, and the old one for as long as the policy says."""
    keycloak = start_issuer(Keycloak)
    old = keycloak.add_client()
    path = keycloak_path(keycloak)
    assert call(keycloak, "GET", path).json == {"type": "secret", "value": old}
    assert call(keycloak, "GET", f"{path}/rotated").status == 404
    alone = call(keycloak, "POST", path, {}).json["value"]
    assert keycloak.live_secrets() == [alone]
    keycloak.rotated_lifetime = 3600
    pair = [alone, call(keycloak, "POST", path, {}).json["value"]]
    assert keycloak.live_secrets() == pair
    assert call(keycloak, "GET", f"{path}/rotated").json["value"] == alone
    newest = call(keycloak, "POST", path, {}).json["value"]
    assert keycloak.live_secrets() == [pair[1], newest]
    keycloak.clock_offset = 3601
    assert keycloak.live_secrets() == [newest]
    assert call(keycloak, "GET", f"{path}/rotated").status == 200
    assert [call(keycloak, "DELETE", f"{path}/rotated").status for _ in range(2)] == [204, 204]
    assert call(keycloak, "GET", f"{path}/rotated").status == 404
    assert call(keycloak, "GET", "/admin/realms/other/client-policies/policies").status == 404


def test_keycloaks_policy_leaves_its_mark(start_issuer: Callable[..., Keycloak]) -> None:
    """At the first log-in, and at each rotation."""
    keycloak = start_issuer(Keycloak)
    secret = keycloak.add_client()
    mark = "client.secret.expiration.time"

    def attributes() -> dict[str, str]:
        found = call(keycloak, "GET", keycloak_path(keycloak, "")).json["attributes"]
        assert isinstance(found, dict)
        return found

    keycloak.rotated_lifetime, keycloak.policy_enabled = 60, False
    log_in(keycloak, secret)
    assert mark not in attributes()
    keycloak.policy_enabled = True
    log_in(keycloak, secret)
    assert mark in attributes()
    keycloak.policy_enabled = False
    call(keycloak, "POST", keycloak_path(keycloak), {})
    assert mark not in attributes()


def test_hydra_keeps_five_old_secrets_and_drops_them_all_at_once(
    start_issuer: Callable[..., Hydra],
) -> None:
    """Nothing lists them, and a sixth pushes out the oldest."""
    hydra = start_issuer(Hydra)
    secrets = [hydra.add_client()]
    path = "/admin/clients/client"
    for _ in range(6):
        secrets.append(call(hydra, "POST", f"{path}/secrets/rotate").json["client_secret"])
    assert hydra.live_secrets() == secrets[1:]
    assert "client_secret" not in call(hydra, "GET", path).json
    assert call(hydra, "DELETE", f"{path}/secrets/rotate").status == 200
    assert hydra.live_secrets() == secrets[-1:]
    assert call(hydra, "GET", "/admin/clients/other").status == 404
    hydra.auth_method = "private_key_jwt"
    assert call(hydra, "POST", f"{path}/secrets/rotate").status == 400
    hydra.can_rotate = False
    assert call(hydra, "POST", f"{path}/secrets/rotate").status == 404
    hydra.guarded = True
    assert ask(hydra.origin, path).status == 401


def test_a_patch_of_hydras_metadata_leaves_its_secrets_alone(
    start_issuer: Callable[..., Hydra],
) -> None:
    """Unless it names the secret, which clears the old ones."""
    hydra = start_issuer(Hydra)
    hydra.add_client()
    path = "/admin/clients/client"
    call(hydra, "POST", f"{path}/secrets/rotate")
    before = hydra.live_secrets()
    add = {"op": "add", "path": "/metadata/hfmint", "value": {"kept": 1}}
    assert call(hydra, "PATCH", path, [add]).json["metadata"] == {"hfmint": {"kept": 1}}
    assert call(hydra, "GET", path).json["metadata"] == {"hfmint": {"kept": 1}}
    assert hydra.live_secrets() == before
    for patch in ({}, [{"op": "move", "path": "/x"}], [{"op": "add", "path": "/id", "value": 1}]):
        assert call(hydra, "PATCH", path, patch).status == 400
    secret = {"op": "replace", "path": "/client_secret", "value": "SENTINEL-chosen-by-another"}
    assert call(hydra, "PATCH", path, [secret]).status == 200
    assert hydra.live_secrets() == ["SENTINEL-chosen-by-another"]


def test_the_program_speaks_the_protocol(
    start_issuer: Callable[..., Program], tmp_path: Path
) -> None:
    """JSON in and out, and an exit status that says what happened."""
    server = start_issuer(Program)
    old = server.add_client("billing")
    program = server.write(tmp_path / "rotate")

    def tell(operation: str, **members: str) -> tuple[int, dict[str, object]]:
        body = {"hfmint": 1, "operation": operation, "client": "billing", **members}
        result = subprocess.run(
            [program], input=json.dumps(body).encode(), stdout=subprocess.PIPE, check=False
        )
        return result.returncode, json.loads(result.stdout or b"{}")

    status, made = tell("create", marker="hfmint:demo:1")
    assert status == 0
    assert server.live_secrets("billing") == [old, made["value"]]
    listed = tell("survey")[1]["secrets"]
    assert isinstance(listed, list)
    assert [each["marker"] for each in listed] == [None, "hfmint:demo:1"]
    assert tell("read", id=str(made["id"]))[1] == {"value": None}
    server.readable = True
    assert tell("read", id=str(made["id"]))[1] == {"value": made["value"]}
    assert tell("deactivate", id=listed[0]["id"])[1] == {"deactivated": True}
    assert tell("delete", id=listed[0]["id"]) == (0, {})
    assert server.live_secrets("billing") == [made["value"]]
    server.limit = 1
    assert tell("create", marker="x")[0] == 1
    server.faults.add("status=429")
    assert tell("survey")[0] == 75
    server.faults.add("drop")
    assert tell("survey")[0] == 3
    assert tell("unknown")[0] == 1
