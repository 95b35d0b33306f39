"""The Enterprise exchange for a member. https://huggingface.co/docs/hub/oauth"""

from __future__ import annotations

import base64
from urllib.parse import quote_plus, urlencode

import pytest

from client import Answer, ask
from Sandbox.keys import verify
from Sandbox.sentinel import MARKER, random_text
from Sandbox.world import World

ID, SECRET = "app id", f"{MARKER}:+%{random_text(20)}"
FORM = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token": "ci@acme.example",
    "subject_token_type": "urn:huggingface:token-type:user-email",
}


def exchange(world: World, change: dict[str, str] | None = None, secret: str = SECRET) -> Answer:
    """One exchange; each half of the client's credentials is form-encoded first."""
    pair = f"{quote_plus(ID)}:{quote_plus(secret)}"
    form = {name: value for name, value in (FORM | (change or {})).items() if value}
    return ask(
        world.hub.origin,
        "/oauth/token",
        method="POST",
        headers={
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode(form).encode(),
    )


@pytest.fixture(autouse=True)
def _app(world: World) -> None:
    scopes = ("openid", "read-repos", "write-repos")
    world.hub.add_app(ID, SECRET, members={"ci@acme.example": "acme-ci"}, scopes=scopes)
    world.hub.add_repo("acme/model")


def test_a_member_gets_a_token_for_the_organization(world: World) -> None:
    """All scopes unless some are asked for; an ID token with `openid`."""
    answer = exchange(world)
    token = str(answer.json["access_token"])
    assert answer.status == 200
    assert answer.json["expires_in"] == 28800
    assert answer.json["scope"] == "openid read-repos write-repos"
    assert token.startswith("hf_oauth_SENTINEL")
    claims = verify(
        str(answer.json["id_token"]), world.hub.key.jwks, audience=ID, now=world.hub.now()
    )
    assert claims["email"] == "ci@acme.example"
    check = "/api/models/acme/model/auth-check/write"
    assert ask(world.hub.origin, check, token=token).status == 200
    assert {SECRET, token} <= world.secrets


def test_a_scope_narrows_the_token(world: World) -> None:
    """No ID token then, and no power to write."""
    answer = exchange(world, {"scope": "read-repos"})
    token = str(answer.json["access_token"])
    assert "id_token" not in answer.json
    checks = ("/api/models/acme/model/auth-check", "/api/models/acme/model/auth-check/write")
    assert [ask(world.hub.origin, check, token=token).status for check in checks] == [200, 403]


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"subject_token": "stranger@acme.example"}, 400, "invalid_grant"),
        ({"subject_token": ""}, 400, "invalid_request"),
        ({"scope": "manage-repos"}, 400, "invalid_scope"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, 400, "invalid_re"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"resource": "acme/model"}, 400, "invalid_request"),
    ],
)
def test_errors_are_the_documented_ones(
    world: World, change: dict[str, str], status: int, error: str
) -> None:
    """Each with its own code."""
    answer = exchange(world, change)
    assert answer.status == status
    assert str(answer.json["error"]).startswith(error)


def test_a_wrong_secret_is_an_invalid_client(world: World) -> None:
    """401, and the scheme that would do."""
    answer = exchange(world, secret="wrong")
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
