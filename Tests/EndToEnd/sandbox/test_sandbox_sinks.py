"""The stand-ins for CI systems' and Spaces' secrets: as strict as what they stand for."""

from __future__ import annotations

import base64
import ctypes
from collections.abc import Iterator

import pytest

from client import Answer
from Sandbox.sinks.githubsecrets import GitHubSecrets
from Sandbox.sinks.gitlabvariables import GitLabVariables, Variable
from Sandbox.sinks.sodium import KeyPair
from Sandbox.sinks.spacesecrets import SpaceSecrets
from sinkclient import bearer, running, send

REPOSITORY = "/repos/acme/training/actions"
ORGANIZATION = "/orgs/acme/actions"


@pytest.fixture
def github() -> Iterator[GitHubSecrets]:
    """GitHub."""
    with running(GitHubSecrets) as server:
        yield server


@pytest.fixture
def gitlab() -> Iterator[GitLabVariables]:
    """GitLab."""
    with running(GitLabVariables) as server:
        yield server


@pytest.fixture
def hub() -> Iterator[SpaceSecrets]:
    """The Hub's Spaces."""
    with running(SpaceSecrets) as server:
        yield server


# Made apart from libsodium, with the ephemeral key 20…3f, and opened by it.
VECTORS = {
    "": "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlTo/I+jNfxZR47Gj6Cgu6FD",
    "hf_example_client_secret": "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlSUJ84Z0wUN1CZlV2uHIC3I"
    "7TmP+6i7QR65L5YTrmhRbUrG51slpDX9",
    "A" * 100: "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlTxdK55tUPmRY2rNIkgSOPaxB6R35GbbS+UC4g"
    "xg0B1Qn/Y1X8HlxHI7Q/saydDzdJy+NF83FHaJBjTRNwJo95dS7YIUe7yMsYxrbtbOFni7MkVj1NccZo5+LH7XoB/"
    "CWwssRsESFIeRQaB0mmlHKJ4g7GD/g==",
}


def test_known_boxes_open() -> None:
    """By the recipient's key alone, and only unchanged."""
    pair = KeyPair(bytes(range(32)))
    assert base64.b64encode(pair.public) == b"j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="
    for message, text in VECTORS.items():
        box = base64.b64decode(text)
        assert pair.open(box) == message.encode()
        assert pair.open(box[:-1] + bytes([box[-1] ^ 1])) is None
        assert KeyPair().open(box) is None
    assert pair.open(b"too short") is None


def sealed(text: str, public: bytes) -> str:
    """Sealed by libsodium itself."""
    box = ctypes.create_string_buffer(len(text) + 48)
    ctypes.CDLL("libsodium.so.23").crypto_box_seal(
        box, text.encode(), ctypes.c_ulonglong(len(text)), public
    )
    return base64.b64encode(box.raw).decode()


def write_github(server: GitHubSecrets, scope: str, text: str, **more: object) -> Answer:
    """Write a secret `S` as GitHub's documents say."""
    key = send(server, "GET", f"{scope}/secrets/public-key", **bearer(server.token)).json
    value = sealed(text, base64.b64decode(str(key["key"])))
    body = {"encrypted_value": value, "key_id": key["key_id"]} | more
    return send(server, "PUT", f"{scope}/secrets/S", body, **bearer(server.token))


def test_github_opens_what_was_sealed_to_the_scope(github: GitHubSecrets) -> None:
    """201, then 204; the time of the change is shown, the value never."""
    assert write_github(github, REPOSITORY, "one").status == 201
    github.clock_offset = 2
    assert write_github(github, REPOSITORY, "two").status == 204
    assert github.value(REPOSITORY, "s") == "two"
    shown = send(github, "GET", f"{REPOSITORY}/secrets/s", **bearer(github.token)).json
    assert set(shown) == {"name", "created_at", "updated_at"}
    assert shown["updated_at"] > shown["created_at"]  # type: ignore[operator]


def test_github_refuses_what_it_should(github: GitHubSecrets) -> None:
    """Another scope's key, a broken box, a wrong token, a place that is not there."""
    scope = "/repos/acme/training/environments/production"
    key = send(github, "GET", f"{scope}/secrets/public-key", **bearer(github.token)).json
    box = sealed("x", base64.b64decode(str(key["key"])))
    body = {"encrypted_value": box, "key_id": key["key_id"]}
    target = f"{REPOSITORY}/secrets/S"
    assert send(github, "PUT", target, body, **bearer(github.token)).status == 422
    target = f"{scope}/secrets/S"
    broken = body | {"encrypted_value": base64.b64encode(b"x" * 60).decode()}
    assert send(github, "PUT", target, broken, **bearer(github.token)).status == 422
    assert send(github, "PUT", target, body, **bearer(github.reader)).status == 403
    assert send(github, "PUT", target, body).status == 401
    assert (
        send(github, "PUT", target, body | {"visibility": "all"}, **bearer(github.token)).status
        == 422
    )
    other = "/repos/acme/other/actions/secrets/S"
    assert send(github, "PUT", other, body, **bearer(github.token)).status == 404
    assert github.writes == 0


def test_github_forgets_repositories_that_are_not_sent_again(github: GitHubSecrets) -> None:
    """Every write of an organization's secret says who may use it."""
    assert write_github(github, ORGANIZATION, "x").status == 422
    chosen = {"visibility": "selected", "selected_repository_ids": list(range(1, 151))}
    assert write_github(github, ORGANIZATION, "x", **chosen).status == 201
    target = f"{ORGANIZATION}/secrets/S/repositories?per_page=100&page=2"
    page = send(github, "GET", target, **bearer(github.token)).json
    assert page["total_count"] == 150
    assert len(page["repositories"]) == 50  # type: ignore[arg-type]
    assert write_github(github, ORGANIZATION, "x", visibility="selected").status == 204
    assert github.stored(ORGANIZATION, "S").repositories == set()  # type: ignore[union-attr]


VARIABLES = "/api/v4/projects/acme%2Ftraining/variables"


def test_gitlab_tells_scopes_apart(gitlab: GitLabVariables) -> None:
    """A key with two scopes needs the filter; a write keeps the flags."""
    gitlab.put("projects/acme/training", Variable("K", "one-one-one", masked=True, protected=True))
    gitlab.put("projects/acme/training", Variable("K", "two", "production"))
    head = bearer(gitlab.token)
    assert send(gitlab, "PUT", f"{VARIABLES}/K", {"value": "x"}, **head).status == 409
    target = f"{VARIABLES}/K?filter%5Benvironment_scope%5D=%2A"
    assert send(gitlab, "PUT", target, {"value": "new-value"}, **head).status == 200
    assert gitlab.value("projects/acme/training", "K") == "new-value"
    assert gitlab.value("projects/acme/training", "K", "production") == "two"
    kept = gitlab.variable("projects/acme/training", "K")
    assert kept
    assert kept.masked
    assert kept.protected


def test_gitlab_refuses_what_it_should(gitlab: GitLabVariables) -> None:
    """What cannot be masked, what is there already, who may not, and where nothing is."""
    head = bearer(gitlab.token)
    body = {"key": "K", "value": "has spaces", "masked": True}
    assert send(gitlab, "POST", VARIABLES, body, **head).status == 400
    body["value"] = "long-enough"
    assert send(gitlab, "POST", VARIABLES, body, **head).status == 201
    assert send(gitlab, "POST", VARIABLES, body, **head).status == 400
    assert send(gitlab, "PUT", f"{VARIABLES}/X", {"value": "x"}, **head).status == 404
    assert send(gitlab, "GET", VARIABLES, **bearer(gitlab.developer)).status == 403
    assert send(gitlab, "GET", VARIABLES).status == 401
    assert send(gitlab, "GET", "/api/v4/projects/acme%2Fx/variables", **head).status == 404


def test_gitlab_hides_what_is_hidden(gitlab: GitLabVariables) -> None:
    """From the API, not from a job."""
    gitlab.put("groups/acme", Variable("K", "hidden-value", masked=True, hidden=True))
    shown = send(gitlab, "GET", "/api/v4/groups/acme/variables/K", **bearer(gitlab.token)).json
    assert shown["value"] is None
    assert gitlab.value("groups/acme", "K") == "hidden-value"


SPACE = "/api/spaces/acme/chat/secrets"


def test_spaces_keep_what_is_sent(hub: SpaceSecrets) -> None:
    """A write without a value empties the secret, and each one restarts the Space."""
    head = bearer(hub.token)
    assert send(hub, "POST", SPACE, {"key": "K", "value": "v"}, **head).status == 200
    shown = send(hub, "GET", SPACE, **head).json["K"]
    assert set(shown) == {"key", "updatedAt"}  # type: ignore[call-overload]
    assert hub.value("acme/chat", "K") == "v"
    assert send(hub, "POST", SPACE, {"key": "K"}, **head).status == 200
    assert (hub.value("acme/chat", "K"), hub.restarts) == ("", 2)


def test_a_space_begins_anew_after_a_write(hub: SpaceSecrets) -> None:
    """At first the old process shows."""
    head, runtime = bearer(hub.token), SPACE.replace("secrets", "runtime")
    looks = [send(hub, "GET", runtime, **head).json["stage"]]
    assert send(hub, "POST", SPACE, {"key": "K", "value": "v"}, **head).status == 200
    looks += [send(hub, "GET", runtime, **head).json["stage"] for _ in range(4)]
    assert looks == ["RUNNING", "RUNNING", "RUNNING_APP_STARTING", "RUNNING", "RUNNING"]
    assert send(hub, "GET", runtime, **bearer(hub.publisher)).status == 401


def test_spaces_refuse_what_they_should(hub: SpaceSecrets) -> None:
    """A publisher's token as if there were none, a reader, another Space, a bad name."""
    body = {"key": "K", "value": "v"}
    assert send(hub, "POST", SPACE, body, **bearer(hub.publisher)).status == 401
    assert send(hub, "POST", SPACE, body, **bearer(hub.reader)).status == 403
    assert send(hub, "POST", SPACE.replace("chat", "x"), body, **bearer(hub.token)).status == 404
    assert send(hub, "POST", SPACE, {"key": "1", "value": "v"}, **bearer(hub.token)).status == 400
